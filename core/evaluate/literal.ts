/** Constants of a plan as values. */
import type { SqlValue } from '../batch/value.js';
import type { LiteralValue } from '../plan/expression.js';
import type { DataType } from '../types/data-type.js';

/** Undefined for types whose constants are not read here. */
export function literalValue(type: DataType, value: LiteralValue): SqlValue | undefined {
  if (value === null) return null;
  switch (type.kind) {
    case 'BOOLEAN':
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
    case 'DECIMAL':
      return value;
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'INTERVAL_YEAR_MONTH':
      return Number(value);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return BigInt(value);
    case 'TIMESTAMP':
      return type.precision > 6 ? undefined : microsecondsOf(String(value));
    default:
      return undefined;
  }
}

function microsecondsOf(text: string): bigint | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return BigInt(seconds) * 1_000_000n + BigInt((parts[7] ?? '').padEnd(6, '0'));
}

/** Years begin in March here, so that the leap day is their last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + days - 719_468;
}
