/** Casts that cannot fail and change no digit. */
import type { SqlValue } from '../batch/value.js';
import type { DataType } from '../types/data-type.js';
import { INTEGER_BITS, isInteger, typeFamily } from '../types/type-family.js';

type Convert = (value: SqlValue) => SqlValue;

const same: Convert = (value) => value;

/** Null for every other cast. */
export function compileCast(from: DataType, to: DataType): Convert | null {
  if (typeFamily(from) === 'string' && to.kind === 'STRING') return same;
  const isFixed = from.kind === 'VARCHAR' || from.kind === 'CHAR';
  if (isFixed && to.kind === 'VARCHAR') return from.length <= to.length ? same : null;
  if (isInteger(from) && isInteger(to) && INTEGER_BITS[from.kind] <= INTEGER_BITS[to.kind]) {
    return to.kind === 'BIGINT' ? (value) => BigInt(value as number | bigint) : same;
  }
  if (isInteger(from) && to.kind === 'DOUBLE') return (value) => Number(value);
  if (from.kind === 'FLOAT' && to.kind === 'DOUBLE') return same;
  if (from.kind !== to.kind) return null;
  switch (from.kind) {
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const precision = (to as typeof from).precision;
      const isSameUnit = from.precision > 6 === precision > 6;
      return isSameUnit && precision >= from.precision ? same : null;
    }
    case 'DECIMAL': {
      const target = to as typeof from;
      return target.scale === from.scale && target.precision >= from.precision ? same : null;
    }
    case 'BOOLEAN':
    case 'DATE':
    case 'DOUBLE':
    case 'FLOAT':
    case 'BYTES':
      return same;
    default:
      return null;
  }
}
