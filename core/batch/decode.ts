/** Batches → values or Arrow record batches, for who consumes rows in the core: selections applied, values checked. */
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import type { Exchange } from '../graph/stage-graph.js';
import { toArrowSchema } from '../types/arrow-type.js';
import type { Column } from '../types/data-type.js';
import { type ArrayData, readArrays } from './array-data.js';
import type { Batch } from './batch.js';
import { writeSchema } from './encode.js';
import { loadBatch } from './hold.js';
import { malformedBatch } from './malformed.js';
import { type ValueReader, valueReader } from './read-value.js';
import type { SchemaRegistry } from './schema-registry.js';
import { takeArray } from './take.js';
import { validateArray } from './validate-body.js';
import type { SqlValue } from './value.js';
import { writeRecordBatch } from './write-message.js';

/** What a decoder must know of an exchange: its columns, and which of them each group holds. */
export type ExchangeColumns = Pick<Exchange, 'columns' | 'groups'>;

/** A column of a batch, in rows of the batch. */
export interface DecodedColumn extends Column {
  readonly value: ValueReader;
}

/**
 * Readers for the columns of a batch, in the exchange's order; `value(row)` takes 0 ≤ row < batch.rows. Where `reads` says which
 * are read, the others are neither checked nor there.
 * @throws {InternalError} BATCH_MALFORMED, COLUMN_TYPE
 */
export function decodeBatch(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
  reads: readonly number[] | null = null,
): DecodedColumn[] {
  const read = (column: Column, data: ArrayData, selection: Int32Array | null): DecodedColumn => {
    const value = valueReader(column.type, data);
    return { ...column, value: selection === null ? value : (row) => value(selection[row]!) };
  };
  return inColumnOrder(loadBatch(batch), exchange, schemas, read, reads);
}

/** The rows of a batch, each with its values in the exchange's order. Errors as `decodeBatch`. */
export function decodeRows(batch: Batch, exchange: ExchangeColumns, schemas: SchemaRegistry): SqlValue[][] {
  const columns = decodeBatch(batch, exchange, schemas);
  return Array.from({ length: batch.rows }, (_, row) => columns.map((column) => column.value(row)));
}

/**
 * The batch as one apache-arrow record batch with the wire schema of the exchange's columns. Errors as `decodeBatch`.
 */
export function decodeRecordBatch(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
): RecordBatch {
  const schema = writeSchema(toArrowSchema(exchange.columns));
  const message = mergeGroups(batch, exchange, schemas);
  return RecordBatchReader.from([schema, message]).next().value as RecordBatch;
}

/**
 * The batch as one encapsulated record batch message: groups merged, selections applied, the columns at `positions`
 * of the exchange in that order. It may be the batch's own message: it is not to be changed. Errors as `decodeBatch`.
 */
export function mergeGroups(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
  positions: readonly number[] = exchange.columns.map((_, i) => i),
): Uint8Array {
  const loaded = loadBatch(batch);
  const arrays = inColumnOrder(loaded, exchange, schemas, (column, data, selection) => {
    valueReader(column.type, data);
    return selection === null ? data : takeArray(data, selection);
  });
  return (
    wholeMessage(loaded, exchange, positions) ??
    writeRecordBatch(
      batch.rows,
      positions.map((position) => arrays[position]!),
    )
  );
}

/** The message of a batch that is one group with just these columns: nothing is to be copied. */
function wholeMessage(
  { groups }: Batch,
  exchange: ExchangeColumns,
  positions: readonly number[],
): Uint8Array | null {
  const [group] = groups;
  const held = exchange.groups[0] ?? [];
  const isWhole = held.length === positions.length && held.every((position, i) => position === positions[i]);
  return groups.length === 1 && isWhole && group!.selection === null ? group!.message : null;
}

function inColumnOrder<T>(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
  use: (column: Column, data: ArrayData, selection: Int32Array | null) => T,
  reads: readonly number[] | null = null,
): T[] {
  const result = new Array<T>(exchange.columns.length);
  batch.groups.forEach(({ message, schema, selection, messageRows }, i) => {
    const arrays = readArrays(message, schemas.layout(schema));
    const positions = exchange.groups[i] ?? [];
    if (arrays.length !== positions.length) {
      throw malformedBatch(`group ${i} has ${arrays.length} columns, its exchange says ${positions.length}`);
    }
    checkSelection(selection, messageRows, batch.rows);
    arrays.forEach((data, j) => {
      if (data.length !== messageRows)
        throw malformedBatch(`group ${i} has ${data.length} rows, not ${messageRows}`);
      if (reads?.includes(positions[j]!) === false) return;
      validateArray(data);
      result[positions[j]!] = use(exchange.columns[positions[j]!]!, data, selection);
    });
  });
  return result;
}

function checkSelection(selection: Int32Array | null, messageRows: number, rows: number): void {
  const selected = selection === null ? messageRows : selection.length;
  if (selected !== rows) throw malformedBatch(`a group selects ${selected} rows of a batch of ${rows}`);
  if (selection?.some((position) => position < 0 || position >= messageRows)) {
    throw malformedBatch(`a selection points past the ${messageRows} rows of its group`);
  }
}
