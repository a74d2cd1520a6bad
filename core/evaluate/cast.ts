/** Casts that cannot fail and change no digit. */
import type { SqlValue } from '../batch/value.js';
import type { DataType } from '../types/data-type.js';

type Convert = (value: SqlValue) => SqlValue;

const INTEGERS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'];
const same: Convert = (value) => value;

/** Null for every other cast. */
export function compileCast(from: DataType, to: DataType): Convert | null {
  if (isText(from) && to.kind === 'STRING') return same;
  const isFixed = from.kind === 'VARCHAR' || from.kind === 'CHAR';
  if (isFixed && to.kind === 'VARCHAR') return from.length <= to.length ? same : null;
  const [narrow, wide] = [INTEGERS.indexOf(from.kind), INTEGERS.indexOf(to.kind)];
  if (narrow >= 0 && wide >= narrow) {
    return to.kind === 'BIGINT' ? (value) => BigInt(value as number | bigint) : same;
  }
  if (narrow >= 0 && to.kind === 'DOUBLE') return (value) => Number(value);
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

function isText({ kind }: DataType): boolean {
  return kind === 'VARCHAR' || kind === 'STRING' || kind === 'CHAR';
}
