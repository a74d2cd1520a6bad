/** The `canal-json` format: `{"data": [rows], "old": [what has changed of them], "type": "INSERT" | "UPDATE" | "DELETE"}`. */
import type { SqlValue } from '../../core/index.js';
import type { OptionReader } from '../connectors/option-reader.js';
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../streaming/row-function.js';
import { type ChangedRow, type ChangeFormat, type EventRows, MOMENT, TEXT, TEXTS } from './change-json.js';
import { MalformedRecord } from './format.js';
import { hasFieldBelow, type JsonObject } from './json.js';

/** `database.include` and `table.include` are regular expressions of whole names. */
export function canalJson(options: OptionReader): ChangeFormat {
  const filters = ['database', 'table'].flatMap((field) => {
    const names = options.pattern(`${field}.include`);
    return names === null ? [] : [{ field, names }];
  });
  return {
    metadata: {
      database: { type: TEXT, path: ['database'], as: 'value' },
      table: { type: TEXT, path: ['table'], as: 'value' },
      'sql-type': {
        type: /^MAP<(STRING|VARCHAR.*?)( NOT NULL)?, (INT|BIGINT)/,
        path: ['sqlType'],
        as: 'value',
      },
      'pk-names': { type: TEXTS, path: ['pkNames'], as: 'value' },
      'ingestion-timestamp': { type: MOMENT, path: ['ts'], as: 'millis' },
      'event-timestamp': { type: MOMENT, path: ['es'], as: 'millis' },
    },
    eventOf: (record) =>
      filters.every(({ field, names }) => names.test(nameIn(record, field))) ? record : null,
    rowsOf,
    fieldsOf: (row, isAddition) => ({ data: `[${row}]`, type: isAddition ? '"INSERT"' : '"DELETE"' }),
  };
}

function nameIn(record: JsonObject, field: string): string {
  if (record[field] === undefined)
    throw new MalformedRecord(`the event has no "${field}", by which canal-json.${field}.include asks`);
  return String(record[field]);
}

function rowsOf(event: JsonObject, rows: EventRows): readonly ChangedRow[] {
  const { type, old } = event;
  switch (type) {
    case 'INSERT':
      return listIn(event, 'data').map((row) => [rows.row(row), INSERT]);
    case 'UPDATE': {
      const before = listIn(event, 'old');
      return listIn(event, 'data').flatMap((row, i) => {
        const after = rows.row(row);
        // A field counts as changed where any row of `old` has it, as for Flink.
        return updated(
          rows.before(after, before[i], (name) => hasFieldBelow(old, name)),
          after,
        );
      });
    }
    case 'DELETE':
      return listIn(event, 'data').map((row) => [rows.row(row), DELETE]);
    case 'CREATE':
      return [];
    default:
      throw new MalformedRecord(
        `"type" is ${JSON.stringify(type) ?? 'missing'}, none of INSERT, UPDATE, DELETE, CREATE`,
      );
  }
}

function updated(before: readonly SqlValue[], after: readonly SqlValue[]): ChangedRow[] {
  return [
    [before, UPDATE_BEFORE],
    [after, UPDATE_AFTER],
  ];
}

function listIn(event: JsonObject, field: string): readonly unknown[] {
  const list = event[field];
  if (Array.isArray(list)) return list;
  throw new MalformedRecord(`an event of ${String(event.type)} has no array "${field}"`);
}
