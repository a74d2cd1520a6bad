/** Records and Arrow batches of a program as the rows of a memory table. */
import {
  BatchEncoder,
  type Column,
  type ColumnGroup,
  type SchemaRegistry,
  SourceError,
} from '../../core/index.js';
import type { MemoryChunk, MemoryRows } from '../sources/memory.js';
import { type ArrowInput, arrowGroup, recordBatchesOf } from './arrow-input.js';
import { checkNames, toSqlValue } from './record-value.js';

/** What a program may hand in: an array, a generator, a stream, anything that iterates. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** Rows of a chunk of records. */
const CHUNK_ROWS = 8_192;

/** Records, checked against `columns` as they are read. */
export function rowsOfRecords(records: Items<object>, columns: readonly Column[]): MemoryRows {
  const open = reader(records, 'fromRecords');
  return {
    isOneShot: isOneShot(records),
    async *chunks() {
      let first = 0;
      let chunk: object[] = [];
      for await (const record of open()) {
        chunk.push(record);
        if (chunk.length < CHUNK_ROWS) continue;
        yield recordChunk(chunk, first, columns);
        first += chunk.length;
        chunk = [];
      }
      if (chunk.length > 0) yield recordChunk(chunk, first, columns);
    },
  };
}

/** Arrow data, its batches as they come; empty ones are left out. */
export function rowsOfArrow(inputs: Items<ArrowInput>): MemoryRows {
  const open = reader(inputs, 'fromArrow');
  return {
    isOneShot: isOneShot(inputs),
    async *chunks() {
      for await (const input of open()) {
        for (const batch of recordBatchesOf(input)) {
          if (batch.numRows === 0) continue;
          yield { rows: batch.numRows, encode: (columns, schemas) => arrowGroup(batch, columns, schemas) };
        }
      }
    },
  };
}

/** `first` is the number of the chunk's first record, for errors. */
function recordChunk(records: readonly object[], first: number, columns: readonly Column[]): MemoryChunk {
  const names = columns.map(({ name }) => name);
  records.forEach((record, i) => {
    checkRecord(record, names, first + i);
  });
  return {
    rows: records.length,
    encode: (wanted: readonly Column[], schemas: SchemaRegistry): ColumnGroup => {
      const declared = wanted.map(({ name }) => columns.find((column) => column.name === name)!);
      const values = declared.map(({ name, type }) =>
        records.map((record, i) =>
          toSqlValue(type, (record as Record<string, unknown>)[name], () => `Record ${first + i}: '${name}'`),
        ),
      );
      return new BatchEncoder(wanted, schemas).encode(records.length, values).groups[0]!;
    },
  };
}

function checkRecord(record: unknown, names: readonly string[], index: number): void {
  if (typeof record !== 'object' || record === null) {
    throw new SourceError('VALUE_TYPE', `Record ${index} is ${String(record)}, which is no object.`, {
      hint: `A record is an object with: ${names.join(', ')}.`,
    });
  }
  checkNames(record, names, () => `Record ${index}`);
}

/** Refuses a second reading of what would then give nothing. */
function reader<T>(items: Items<T>, name: string): () => AsyncIterable<T> | Iterable<T> {
  let isConsumed = false;
  return () => {
    if (isConsumed) {
      throw new SourceError(
        'SOURCE_CONSUMED',
        `The iterator or stream given to ${name} has been read already.`,
        {
          hint: 'Give an array, or an object whose [Symbol.asyncIterator] starts anew, to read a table more than once.',
        },
      );
    }
    isConsumed = isOneShot(items);
    return items;
  };
}

/** True for what ends with its first reading: iterators, generators, streams. */
export function isOneShot(items: Items<unknown>): boolean {
  return ['next', 'getReader', 'pipe'].some((name) => typeof Reflect.get(items, name) === 'function');
}
