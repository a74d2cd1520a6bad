/** Events that have the row before and after a change whole: those of Debezium and of Oracle GoldenGate. */
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../streaming/row-function.js';
import type { ChangeFormat } from './change-json.js';
import { MalformedRecord } from './format.js';

/** The field with the kind of a change, and its values. */
export interface Operations {
  readonly field: string;
  /** The first is the one that is written. */
  readonly insert: readonly string[];
  readonly update: string;
  readonly remove: string;
}

const NO_BEFORE = ' (PostgreSQL gives it where the table has REPLICA IDENTITY FULL)';

export function beforeAndAfter(operations: Operations): Pick<ChangeFormat, 'rowsOf' | 'fieldsOf'> {
  const { field, insert, update, remove } = operations;
  return {
    rowsOf(event, rows) {
      const kind = event[field];
      if (insert.includes(kind as string)) return [[rows.rowIn(event, 'after', 'insertion'), INSERT]];
      if (kind === update) {
        return [
          [rows.rowIn(event, 'before', 'update', NO_BEFORE), UPDATE_BEFORE],
          [rows.rowIn(event, 'after', 'update'), UPDATE_AFTER],
        ];
      }
      if (kind === remove) return [[rows.rowIn(event, 'before', 'removal', NO_BEFORE), DELETE]];
      const known = [...insert, update, remove].join(', ');
      throw new MalformedRecord(`"${field}" is ${JSON.stringify(kind) ?? 'missing'}, none of ${known}`);
    },
    fieldsOf: (row, isAddition) =>
      isAddition
        ? { before: null, after: row, [field]: JSON.stringify(insert[0]) }
        : { before: row, after: null, [field]: JSON.stringify(remove) },
  };
}
