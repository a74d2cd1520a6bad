/** The `debezium-json` format: `{"before": …, "after": …, "op": "c" | "r" | "u" | "d"}`. */
import type { OptionReader } from '../connectors/option-reader.js';
import { beforeAndAfter } from './before-after.js';
import { type ChangeFormat, MOMENT, TEXT } from './change-json.js';
import { MalformedRecord } from './format.js';
import { isObject } from './json.js';

const source = (field: string) => ({ type: TEXT, path: ['source', field], as: 'value' }) as const;

/** With `schema-include` events are `{"schema": …, "payload": event}`; they are not written so. */
export function debeziumJson(options: OptionReader, use: 'read' | 'write'): ChangeFormat {
  const hasSchema = options.flag('schema-include', false);
  if (hasSchema && use === 'write') options.refused('schema-include', 'false');
  return {
    ...beforeAndAfter({ field: 'op', insert: ['c', 'r'], update: 'u', remove: 'd' }),
    metadata: {
      schema: { type: TEXT, path: ['schema'], as: 'value', isOfRecord: true },
      'ingestion-timestamp': { type: MOMENT, path: ['ts_ms'], as: 'millis' },
      'source.timestamp': { type: MOMENT, path: ['source', 'ts_ms'], as: 'millis' },
      'source.database': source('db'),
      'source.schema': source('schema'),
      'source.table': source('table'),
      'source.properties': {
        type: /^MAP<(STRING|VARCHAR.*?)( NOT NULL)?, (STRING|VARCHAR)/,
        path: ['source'],
        as: 'value',
      },
    },
    eventOf: (record) => {
      if (!hasSchema) return record;
      if (isObject(record.payload)) return record.payload;
      throw new MalformedRecord('the event has no "payload" (debezium-json.schema-include is true)');
    },
  };
}
