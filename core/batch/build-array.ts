/** `SqlValue`s → buffers of a column, by the layout of its wire type. */
import type { DataType } from '../types/data-type.js';
import type { ArrayData } from './array-data.js';
import { parseDecimal } from './decimal-text.js';
import type { FieldLayout } from './field-layout.js';
import type { SqlValue } from './value.js';

/** A value that does not fit its type: which one, and why. */
export class ValueMismatch extends Error {
  constructor(
    readonly index: number,
    readonly value: SqlValue | undefined,
  ) {
    super('value does not fit');
  }
}

/**
 * A column of these values, in order.
 * @throws {ValueMismatch} for a value that its type cannot hold exactly; for a nested one, of its outermost value
 */
export function buildArray(type: DataType, layout: FieldLayout, values: readonly SqlValue[]): ArrayData {
  const nulls = values.reduce<number>((sum, value) => sum + (value === null ? 1 : 0), 0);
  const validity = nulls === 0 ? null : bitsOf(values, (value) => value !== null);
  const shared = { layout, length: values.length, nulls, validity };
  switch (layout.layout) {
    case 'null':
      return { ...shared, validity: null, offsets: null, values: EMPTY, children: [] };
    case 'bits':
      checkAll(values, (value) => typeof value === 'boolean');
      return { ...shared, offsets: null, values: bitsOf(values, (value) => value === true), children: [] };
    case 'fixed':
      return { ...shared, offsets: null, values: buildFixed(type, layout.width, values), children: [] };
    case 'bytes':
      return { ...shared, ...buildBytes(values), children: [] };
    case 'list':
      return { ...shared, ...buildList(type, layout, values) };
    default:
      return { ...shared, offsets: null, values: EMPTY, children: buildStruct(type, layout, values) };
  }
}

type Setter = (view: DataView, at: number, value: SqlValue) => boolean;

function buildFixed(type: DataType, width: number, values: readonly SqlValue[]): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  const set = setterOf(type);
  values.forEach((value, i) => {
    if (value !== null && !set(view, i * width, value)) throw new ValueMismatch(i, value);
  });
  return bytes;
}

function setterOf(type: DataType): Setter {
  switch (type.kind) {
    case 'TINYINT':
      return integer(8, (view, at, value) => view.setInt8(at, value));
    case 'SMALLINT':
      return integer(16, (view, at, value) => view.setInt16(at, value, true));
    case 'FLOAT':
      return float((view, at, value) => view.setFloat32(at, value, true));
    case 'DOUBLE':
      return float((view, at, value) => view.setFloat64(at, value, true));
    case 'DECIMAL':
      return decimal(type.precision, type.scale);
    case 'INT':
    case 'DATE':
    case 'INTERVAL_YEAR_MONTH':
      return integer(32, (view, at, value) => view.setInt32(at, value, true));
    default:
      return setInt64;
  }
}

function integer(bits: number, set: (view: DataView, at: number, value: number) => void): Setter {
  const limit = 2 ** (bits - 1);
  return (view, at, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < -limit || value >= limit)
      return false;
    set(view, at, value);
    return true;
  };
}

function float(set: (view: DataView, at: number, value: number) => void): Setter {
  return (view, at, value) => {
    if (typeof value !== 'number') return false;
    set(view, at, value);
    return true;
  };
}

/** 64-bit integers may be given as numbers as long as those are exact. */
function setInt64(view: DataView, at: number, value: SqlValue): boolean {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false;
  const exact = BigInt(value as bigint | number);
  if (BigInt.asIntN(64, exact) !== exact) return false;
  view.setBigInt64(at, exact, true);
  return true;
}

function decimal(precision: number, scale: number): Setter {
  const limit = 10n ** BigInt(precision);
  return (view, at, value) => {
    const unscaled = typeof value === 'string' ? parseDecimal(value, scale) : null;
    if (unscaled === null || unscaled >= limit || unscaled <= -limit) return false;
    view.setBigUint64(at, BigInt.asUintN(64, unscaled), true);
    view.setBigInt64(at + 8, unscaled >> 64n, true);
    return true;
  };
}

function buildBytes(values: readonly SqlValue[]): Pick<ArrayData, 'offsets' | 'values'> {
  const parts = values.map((value, i) => {
    if (value === null) return EMPTY;
    if (typeof value === 'string') return Buffer.from(value);
    if (value instanceof Uint8Array) return value;
    throw new ValueMismatch(i, value);
  });
  return {
    offsets: offsetsOf(parts.map((part) => part.byteLength)),
    values: new Uint8Array(Buffer.concat(parts)),
  };
}

function buildList(
  type: DataType,
  layout: FieldLayout,
  values: readonly SqlValue[],
): Pick<ArrayData, 'offsets' | 'values' | 'children'> {
  checkAll(values, Array.isArray);
  const lists = values.map((value) => (value ?? []) as readonly SqlValue[]);
  const child = inOutermost(lists, () => buildArray(elementType(type), layout.children[0]!, lists.flat(1)));
  return { offsets: offsetsOf(lists.map((list) => list.length)), values: EMPTY, children: [child] };
}

function buildStruct(type: DataType, layout: FieldLayout, values: readonly SqlValue[]): ArrayData[] {
  const fields = type.kind === 'ROW' ? type.fields : [];
  checkAll(values, (value) => Array.isArray(value) && value.length === fields.length);
  return fields.map((field, i) =>
    buildArray(
      field.type,
      layout.children[i]!,
      values.map((value) => (value as readonly SqlValue[] | null)?.[i] ?? null),
    ),
  );
}

/** The type of a list's elements; entries of a MAP or MULTISET are rows of key and value. */
function elementType(type: DataType): DataType {
  const entry = (key: DataType, value: DataType): DataType => ({
    nullable: false,
    kind: 'ROW',
    fields: [
      { name: 'key', type: key },
      { name: 'value', type: value },
    ],
  });
  if (type.kind === 'MAP') return entry(type.key, type.value);
  if (type.kind === 'MULTISET') return entry(type.element, { nullable: false, kind: 'INT' });
  if (type.kind === 'ARRAY') return type.element;
  throw new ValueMismatch(0, null);
}

/** A mismatch among elements is one of the list that holds them. */
function inOutermost(lists: readonly (readonly SqlValue[])[], build: () => ArrayData): ArrayData {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof ValueMismatch)) throw error;
    let end = 0;
    const row = lists.findIndex((list) => {
      end += list.length;
      return error.index < end;
    });
    throw new ValueMismatch(row, lists[row]);
  }
}

function checkAll(values: readonly SqlValue[], fits: (value: SqlValue) => boolean): void {
  const index = values.findIndex((value) => value !== null && !fits(value));
  if (index >= 0) throw new ValueMismatch(index, values[index]);
}

function bitsOf(values: readonly SqlValue[], isSet: (value: SqlValue) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (isSet(value)) bits[i >> 3]! |= 1 << (i & 7);
  });
  return bits;
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    offsets[i + 1] = offsets[i]! + length;
  });
  return offsets;
}

const EMPTY = new Uint8Array(0);
