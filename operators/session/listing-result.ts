/** Rows that no job made: SHOW, DESCRIBE, SET. */
import { BatchEncoder, SchemaRegistry, toArrowSchema, types, writeSchema } from '../../core/index.js';
import type { RowsResult } from './session-types.js';
import type { Listing } from './show.js';

/** A listing as the result of a statement: columns of type STRING. */
export function listingResult({ columns, rows }: Listing): RowsResult {
  const typed = columns.map((name) => ({ name, type: types.string() }));
  return {
    kind: 'rows',
    columns: typed,
    ordered: true,
    bounded: true,
    async *batches() {
      yield {
        rows: rows.length,
        changes: null,
        jsonText: (row, column) => JSON.stringify(rows[row]![column]!),
      };
    },
    async *arrowStream() {
      yield writeSchema(toArrowSchema(typed));
      yield new BatchEncoder(typed, new SchemaRegistry()).encodeRows(rows).groups[0]!.message;
      yield END_OF_STREAM;
    },
    changeStream: null,
    summary: () => null,
  };
}

/** Arrow IPC streaming format: a continuation marker and a length of zero. */
export const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
