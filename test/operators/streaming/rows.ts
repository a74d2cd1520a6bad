import type { DataType, SqlValue, StreamCall, StreamInput } from '../../../core/index.js';
import { types } from '../../../core/index.js';
import {
  CHANGES,
  type Change,
  type Collector,
  type Row,
  type RowFunction,
} from '../../../operators/streaming/row-function.js';

/** A row of an input (the first where none is said), a watermark or the clock in milliseconds, a batch that begins then, or the end of one. */
export type Event =
  | readonly [change: (typeof CHANGES)[number], row: Row, input?: number]
  | { readonly watermark: number }
  | { readonly clock: number }
  | { readonly batchAt: number }
  | 'flush';

/** What the function puts out, one line for each row: its change, the rows of the inputs, its results. */
export function run(rows: RowFunction, events: readonly Event[]): string[] {
  const lines: string[] = [];
  const out: Collector = {
    emit: (change, inputs, results) => {
      const parts = [...inputs.map(rowText), ...(results.length === 0 ? [] : [`= ${rowText(results)}`])];
      lines.push(`${CHANGES[change]} ${parts.join(' ')}`);
    },
    late: () => lines.push('late'),
  };
  for (const event of events) {
    if (event === 'flush') rows.flush?.(out);
    else if ('watermark' in event) rows.advance?.(event.watermark, out);
    else if ('clock' in event) rows.wake?.(event.clock, out);
    else if ('batchAt' in event) rows.beginBatch?.(event.batchAt, out);
    else rows.process(event[1], CHANGES.indexOf(event[0]) as Change, event[2] ?? 0, out);
  }
  return lines;
}

function rowText(row: Row | null): string {
  if (row === null) return '-';
  return `[${row.map((value) => valueText(value)).join(' ')}]`;
}

function valueText(value: SqlValue): string {
  return Array.isArray(value) ? rowText(value) : String(value);
}

/** A time in milliseconds, as a TIMESTAMP column holds it. */
export function at(ms: number): bigint {
  return BigInt(ms) * 1000n;
}

/** Rows that only come, and rows that also go: their kind of change is column `change`. */
export const APPENDING: StreamInput<number> = { change: null, clock: null };
export function changing(change: number): StreamInput<number> {
  return { change, clock: null };
}

/** An aggregate over one column. */
export function callOf(
  name: string,
  column: number | null,
  type: DataType = types.bigint(),
  more: Partial<StreamCall<number>> = {},
): StreamCall<number> {
  return {
    function: name,
    arguments: column === null ? [] : [column],
    argumentTypes: column === null ? [] : [type],
    distinct: false,
    filter: null,
    type,
    ...more,
  };
}
