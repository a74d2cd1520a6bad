/** Which types behave alike: the families that signatures, comparisons and casts are written in. */
import type { DataType, TypeKind } from './data-type.js';

/** Types that behave alike; INTERVAL has two families because they do not mix. */
export type TypeFamily =
  | 'null'
  | 'boolean'
  | 'numeric'
  | 'string'
  | 'binary'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'year-month'
  | 'day-time'
  | 'array'
  | 'multiset'
  | 'map'
  | 'row';

const FAMILIES: Readonly<Record<TypeKind, TypeFamily>> = {
  NULL: 'null',
  BOOLEAN: 'boolean',
  TINYINT: 'numeric',
  SMALLINT: 'numeric',
  INT: 'numeric',
  BIGINT: 'numeric',
  FLOAT: 'numeric',
  DOUBLE: 'numeric',
  DECIMAL: 'numeric',
  CHAR: 'string',
  VARCHAR: 'string',
  STRING: 'string',
  BINARY: 'binary',
  VARBINARY: 'binary',
  BYTES: 'binary',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_LTZ: 'timestamp',
  INTERVAL_YEAR_MONTH: 'year-month',
  INTERVAL_DAY_TIME: 'day-time',
  ARRAY: 'array',
  MULTISET: 'multiset',
  MAP: 'map',
  ROW: 'row',
};

/** Integer kinds, narrow to wide. */
export const INTEGER_KINDS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'] as const;
export type IntegerKind = (typeof INTEGER_KINDS)[number];

/** Decimal digits that an integer kind needs at most, as Flink counts them. */
export const INTEGER_DIGITS: Readonly<Record<IntegerKind, number>> = {
  TINYINT: 3,
  SMALLINT: 5,
  INT: 10,
  BIGINT: 19,
};

/** Bits of an integer kind, its sign among them. */
export const INTEGER_BITS: Readonly<Record<IntegerKind, number>> = {
  TINYINT: 8,
  SMALLINT: 16,
  INT: 32,
  BIGINT: 64,
};

/** The family of a type. */
export function typeFamily(type: DataType): TypeFamily {
  return FAMILIES[type.kind];
}

/** True for TINYINT, SMALLINT, INT and BIGINT. */
export function isInteger(type: DataType): type is DataType & { kind: IntegerKind } {
  return (INTEGER_KINDS as readonly string[]).includes(type.kind);
}

/** True for FLOAT and DOUBLE. */
export function isApproximate(type: DataType): boolean {
  return type.kind === 'FLOAT' || type.kind === 'DOUBLE';
}

/** The length of a text or binary type; STRING and BYTES have the largest. */
export function lengthOf(type: DataType): number {
  return 'length' in type ? type.length : 2_147_483_647;
}

/** The type as a DECIMAL that holds all its values: exact numbers only; null for others. */
export function asDecimal(type: DataType): { readonly precision: number; readonly scale: number } | null {
  if (type.kind === 'DECIMAL') return { precision: type.precision, scale: type.scale };
  return isInteger(type) ? { precision: INTEGER_DIGITS[type.kind], scale: 0 } : null;
}
