import type { Batch } from '../../core/index.js';

/** A batch that carries `values` as its message and claims one row for each: for tests of the runtime, which reads neither. */
export function numbersBatch(values: readonly number[], paddingBytes = 0): Batch {
  const message = new Uint8Array(values.length * 8 + paddingBytes);
  new Float64Array(message.buffer, 0, values.length).set(values);
  const group = { schema: 1, message, shared: null, messageRows: values.length, selection: null };
  return { kind: 'batch', rows: values.length, groups: [group], continued: false };
}

/** The values of a batch made by `numbersBatch`. */
export function numbersOf(batch: Batch): number[] {
  const { message } = batch.groups[0]!;
  return Array.from(new Float64Array(message.slice().buffer, 0, batch.rows));
}
