/** The order of values, as ORDER BY, MIN and MAX have it. */
import { unscaledDecimal } from '../batch/decimal-text.js';
import type { SqlValue } from '../batch/value.js';
import type { StreamSortKey } from '../plan/stream-operator.js';
import type { DataType } from '../types/data-type.js';
import { isApproximate, isInteger, typeFamily } from '../types/type-family.js';

type Row = readonly SqlValue[];

/** Negative where `a` comes first. Neither is NULL. */
export type Compare = (a: SqlValue, b: SqlValue) => number;

/** The order of values of a type: NaN after all numbers, texts by their UTF-8 bytes. */
export function comparatorOf(type: DataType): Compare {
  switch (type.kind) {
    case 'DECIMAL':
      return (a, b) => order(unscaledDecimal(a as string), unscaledDecimal(b as string));
    case 'FLOAT':
    case 'DOUBLE':
      return (a, b) => order(Number.isNaN(a), Number.isNaN(b)) || order(a, b);
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return (a, b) => compareText(a as string, b as string);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array);
    default:
      return order;
  }
}

/** The order of values of two types, or null where it takes more than looking at them. */
export function pairComparator(a: DataType, b: DataType): Compare | null {
  if (isPlainNumber(a) && isPlainNumber(b)) {
    return comparatorOf(isApproximate(a) ? a : b);
  }
  if (typeFamily(a) === 'string' && typeFamily(b) === 'string') return comparatorOf(a);
  if (a.kind !== b.kind) return null;
  if (a.kind === 'DECIMAL') return a.scale === (b as typeof a).scale ? comparatorOf(a) : null;
  if (a.kind === 'TIMESTAMP' || a.kind === 'TIMESTAMP_LTZ') {
    return a.precision > 6 === (b as typeof a).precision > 6 ? order : null;
  }
  return ORDERED.has(a.kind) ? comparatorOf(a) : null;
}

const ORDERED = new Set<DataType['kind']>(['BOOLEAN', 'DATE', 'TIME', 'BINARY', 'VARBINARY', 'BYTES']);

function isPlainNumber(type: DataType): boolean {
  return isInteger(type) || isApproximate(type);
}

/** The order of rows by several keys; 0 where all are equal. */
export function rowComparator(keys: readonly StreamSortKey<number>[]): (a: Row, b: Row) => number {
  const each = keys.map(({ column, type, descending, nullsFirst }) => {
    const compare = comparatorOf(type);
    return (left: Row, right: Row): number => {
      const a = left[column]!;
      const b = right[column]!;
      if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
      return descending ? compare(b, a) : compare(a, b);
    };
  });
  return (a, b) => {
    for (const compare of each) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}

function order(a: SqlValue, b: SqlValue): number {
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** UTF-16 and UTF-8 differ in order where surrogates stand for what lies beyond U+FFFF. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    const isSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xe000;
    if (isSurrogate(left) !== isSurrogate(right)) return isSurrogate(left) ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}
