/** Rows that the core has made, on their way to whoever in the core reads them as rows again. */
import type { Batch, ColumnGroup } from './batch.js';
import type { ExchangeColumns } from './decode.js';
import { decodeBatch } from './decode.js';
import type { ValueReader } from './read-value.js';
import type { SchemaRegistry } from './schema-registry.js';
import type { SqlValue } from './value.js';

/** The values of the columns of a row, by position. */
export type BatchRow = readonly SqlValue[];

/** A group of these rows, which are not to be changed; `encode` writes their message when somebody asks for it. */
export function rowGroup(
  schema: number,
  rows: readonly BatchRow[],
  encode: (rows: readonly BatchRow[]) => Uint8Array,
): ColumnGroup {
  let message: Uint8Array | null = null;
  return {
    schema,
    shared: null,
    messageRows: rows.length,
    selection: null,
    rows,
    get message() {
      message ??= encode(rows);
      return message;
    },
  };
}

/** Which rows are wanted, by some of their columns: the others of a row that is not are never decoded. */
export interface RowSieve {
  readonly columns: readonly number[];
  /** Called with values at `columns` only. */
  keeps(row: BatchRow): boolean;
}

/** What is wanted of the rows of a batch. */
export interface RowDemand {
  /** The columns that are read; absent: all. Others need not be decoded. */
  readonly reads?: readonly number[];
  /** The rows that are read, by columns that are; absent: all. */
  readonly sieve?: RowSieve | null;
}

/**
 * The rows of a batch, each with its values in the exchange's order; not to be changed. Errors as `decodeBatch`.
 */
export function batchRows(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
): readonly BatchRow[] {
  const rows = eachRow(batch, exchange, schemas);
  return Array.isArray(rows) ? rows : [...rows];
}

/**
 * As `batchRows`, those that are read: each is decoded when it is asked for, so that those of a large batch that nobody keeps
 * are never in memory together.
 */
export function eachRow(
  batch: Batch,
  exchange: ExchangeColumns,
  schemas: SchemaRegistry,
  { reads, sieve = null }: RowDemand = {},
): Iterable<BatchRow> {
  const made = madeRows(batch);
  if (made !== null) return sieve === null ? made : made.filter((row) => sieve.keeps(row));
  const columns = decodeBatch(batch, exchange, schemas, reads);
  const width = columns.length;
  const readers = (reads ?? columns.map((_, i) => i)).map((at) => ({ at, read: columns[at]!.value }));
  if (sieve === null) return decodedRows(batch.rows, width, readers);
  const isFirst = ({ at }: ColumnReader) => sieve.columns.includes(at);
  const [first, rest] = [readers.filter(isFirst), readers.filter((reader) => !isFirst(reader))];
  return keptRows(batch.rows, width, first, rest, sieve);
}

/** The rows as the core made them; null where it did not make all of their columns. */
function madeRows(batch: Batch): readonly BatchRow[] | null {
  const groups = batch.groups.map((group) => (group.selection === null ? group.rows : undefined));
  if (groups.length > 0 && groups.every((rows) => rows !== undefined)) {
    // Columns are in the order of their groups.
    return groups.reduce((left, right) => left!.map((row, i) => besideEachOther(row, right![i]!)))!;
  }
  return null;
}

interface ColumnReader {
  readonly at: number;
  readonly read: ValueReader;
}

function* decodedRows(count: number, width: number, readers: readonly ColumnReader[]): Generator<BatchRow> {
  for (let row = 0; row < count; row++) {
    const values = new Array<SqlValue>(width);
    for (const { at, read } of readers) values[at] = read(row);
    yield values;
  }
}

function* keptRows(
  count: number,
  width: number,
  first: readonly ColumnReader[],
  rest: readonly ColumnReader[],
  sieve: RowSieve,
): Generator<BatchRow> {
  let values = new Array<SqlValue>(width);
  for (let row = 0; row < count; row++) {
    for (const { at, read } of first) values[at] = read(row);
    if (!sieve.keeps(values)) continue;
    for (const { at, read } of rest) values[at] = read(row);
    yield values;
    values = new Array<SqlValue>(width);
  }
}

function besideEachOther(left: BatchRow, right: BatchRow): BatchRow {
  const row = new Array<SqlValue>(left.length + right.length);
  for (let i = 0; i < left.length; i++) row[i] = left[i]!;
  for (let i = 0; i < right.length; i++) row[left.length + i] = right[i]!;
  return row;
}

/** Rows of a group that stand for all where its size is estimated. */
const SAMPLES = 4;

/** Bytes that the rows take in memory, about: told by some of them. */
export function rowsBytes(rows: readonly BatchRow[]): number {
  if (rows.length === 0) return 0;
  let bytes = 0;
  for (let i = 0; i < SAMPLES; i++) {
    for (const value of rows[Math.floor((i * rows.length) / SAMPLES)]!) bytes += valueBytes(value);
  }
  return Math.ceil((bytes / SAMPLES) * rows.length);
}

function valueBytes(value: SqlValue): number {
  switch (typeof value) {
    case 'bigint':
      return 32;
    case 'string':
      return 32 + value.length;
    case 'object':
      if (value === null) return 8;
      if (value instanceof Uint8Array) return 128 + value.byteLength;
      return value.reduce<number>((sum, item) => sum + valueBytes(item), 32);
    default:
      return 16;
  }
}
