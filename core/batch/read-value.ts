/** Values of a column as `SqlValue`, one reader for each type. */
import { InternalError } from '../errors.js';
import type { DataType } from '../types/data-type.js';
import { typeToText } from '../types/type-text.js';
import { type ArrayData, isPresent, offsetAt } from './array-data.js';
import { decimalText } from './decimal-text.js';
import type { SqlValue } from './value.js';

/** Gives the value of a row. */
export type ValueReader = (row: number) => SqlValue;

/**
 * The reader of a column of SQL type `type`.
 * @throws {InternalError} COLUMN_TYPE when the column does not have the wire type of `type` (core/types/arrow-type.ts)
 */
export function valueReader(type: DataType, data: ArrayData): ValueReader {
  const read = presentReader(type, data);
  return (row) => (isPresent(data, row) ? read(row) : null);
}

function presentReader(type: DataType, data: ArrayData): ValueReader {
  const view = new DataView(data.values.buffer, data.values.byteOffset, data.values.byteLength);
  const check = (expected: Partial<Record<string, unknown>>) => checkType(type, data, expected);
  switch (type.kind) {
    case 'NULL':
      check({ name: 'null' });
      return () => null;
    case 'BOOLEAN':
      check({ name: 'bool' });
      return (row) => (data.values[row >> 3]! & (1 << (row & 7))) !== 0;
    case 'TINYINT':
      check({ name: 'int', bits: 8, signed: true });
      return (row) => view.getInt8(row);
    case 'SMALLINT':
      check({ name: 'int', bits: 16, signed: true });
      return (row) => view.getInt16(row * 2, true);
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      check({ name: 'int', bits: 32, signed: true });
      return (row) => view.getInt32(row * 4, true);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      check({ name: 'int', bits: 64, signed: true });
      return int64Reader(view);
    case 'FLOAT':
      check({ name: 'float', bits: 32 });
      return (row) => view.getFloat32(row * 4, true);
    case 'DOUBLE':
      check({ name: 'float', bits: 64 });
      return (row) => view.getFloat64(row * 8, true);
    case 'DECIMAL':
      check({ name: 'decimal', bits: 128, scale: type.scale });
      return (row) =>
        decimalText(
          (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true),
          type.scale,
        );
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      check({ name: 'utf8' });
      return textReader(data);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      check({ name: 'binary' });
      return (row) => bytesAt(data, row).slice();
    case 'DATE':
      check({ name: 'date', unit: 'day' });
      return (row) => view.getInt32(row * 4, true);
    case 'TIME':
      check({ name: 'time', unit: 'us' });
      return (row) => Number(view.getBigInt64(row * 8, true));
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      check({ name: 'timestamp', unit: type.precision > 6 ? 'ns' : 'us' });
      return int64Reader(view);
    case 'ARRAY':
      check({ name: 'list' });
      return listReader(data, valueReader(type.element, data.children[0]!));
    case 'MULTISET':
      check({ name: 'map' });
      return entriesReader(data, type.element, { nullable: false, kind: 'INT' });
    case 'MAP':
      check({ name: 'map' });
      return entriesReader(data, type.key, type.value);
    case 'ROW':
      check({ name: 'struct' });
      return rowReader(type, data);
  }
}

/** Neighbours are often equal, as times are: one value for all of them is less to make and to keep. */
function int64Reader(view: DataView): ValueReader {
  let low = 0;
  let high = 0;
  let known = 0n;
  return (row) => {
    const nextLow = view.getInt32(row * 8, true);
    const nextHigh = view.getInt32(row * 8 + 4, true);
    if (nextLow === low && nextHigh === high) return known;
    low = nextLow;
    high = nextHigh;
    known = view.getBigInt64(row * 8, true);
    return known;
  };
}

function listReader(data: ArrayData, element: ValueReader): ValueReader {
  return (row) => {
    const values: SqlValue[] = [];
    for (let i = offsetAt(data, row); i < offsetAt(data, row + 1); i++) values.push(element(i));
    return values;
  };
}

function entriesReader(data: ArrayData, keyType: DataType, valueType: DataType): ValueReader {
  const [keys, values] = data.children[0]!.children;
  const key = valueReader(keyType, keys!);
  const value = valueReader(valueType, values!);
  return listReader(data, (entry) => [key(entry), value(entry)]);
}

function rowReader(type: DataType & { kind: 'ROW' }, data: ArrayData): ValueReader {
  if (type.fields.length !== data.children.length) throw mismatch(type, data);
  const readers = type.fields.map((field, i) => valueReader(field.type, data.children[i]!));
  return (row) => readers.map((read) => read(row));
}

/** `Buffer.toString` is faster than a TextDecoder on short texts; `validate-body.ts` has found no wrong bytes. */
function textReader(data: ArrayData): ValueReader {
  const bytes = Buffer.from(data.values.buffer, data.values.byteOffset, data.values.byteLength);
  return (row) => bytes.toString('utf8', offsetAt(data, row), offsetAt(data, row + 1));
}

function bytesAt(data: ArrayData, row: number): Uint8Array {
  return data.values.subarray(offsetAt(data, row), offsetAt(data, row + 1));
}

/** Wire types have 32-bit offsets: large strings and lists are cast by who sends them. */
function checkType(type: DataType, data: ArrayData, expected: Partial<Record<string, unknown>>): void {
  const actual: Partial<Record<string, unknown>> = { ...data.layout.type };
  const isLarge = data.offsets !== null && data.layout.width !== 4;
  if (isLarge || Object.entries(expected).some(([key, value]) => actual[key] !== value))
    throw mismatch(type, data);
}

function mismatch(type: DataType, data: ArrayData): InternalError {
  return new InternalError(
    'COLUMN_TYPE',
    `Column "${data.layout.name}" should be ${typeToText(type)} but arrived as Arrow ${JSON.stringify(data.layout.type)}.`,
  );
}
