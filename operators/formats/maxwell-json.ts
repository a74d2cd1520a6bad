/** The `maxwell-json` format: `{"data": row, "old": what has changed of it, "type": "insert" | "update" | "delete"}`. */
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../streaming/row-function.js';
import { type ChangeFormat, MOMENT, TEXT, TEXTS } from './change-json.js';
import { MalformedRecord } from './format.js';
import { hasFieldBelow } from './json.js';

export function maxwellJson(): ChangeFormat {
  return {
    metadata: {
      database: { type: TEXT, path: ['database'], as: 'value' },
      table: { type: TEXT, path: ['table'], as: 'value' },
      'primary-key-columns': { type: TEXTS, path: ['primary_key_columns'], as: 'value' },
      'ingestion-timestamp': { type: MOMENT, path: ['ts'], as: 'seconds' },
    },
    eventOf: (record) => record,
    rowsOf(event, rows) {
      const { type, old } = event;
      switch (type) {
        case 'insert':
          return [[rows.rowIn(event, 'data', 'insertion'), INSERT]];
        case 'update': {
          const after = rows.rowIn(event, 'data', 'update');
          const before = rows.before(after, old, (name) => hasFieldBelow(old, name));
          return [
            [before, UPDATE_BEFORE],
            [after, UPDATE_AFTER],
          ];
        }
        case 'delete':
          return [[rows.rowIn(event, 'data', 'removal'), DELETE]];
        default:
          throw new MalformedRecord(
            `"type" is ${JSON.stringify(type) ?? 'missing'}, none of insert, update, delete`,
          );
      }
    },
    fieldsOf: (row, isAddition) => ({ data: row, type: isAddition ? '"insert"' : '"delete"' }),
  };
}
