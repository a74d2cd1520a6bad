/** Fraction digits of times and timestamps cut off, as Flink does: towards the past, never rounded. */
import type { DataType } from '../types/data-type.js';
import { castTo, operand } from './sql-text.js';

export type TimedType = DataType & { readonly kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ' };

/** `sql`, a value of DuckDB's type of `kind` with `held` digits, with at most `wanted` digits. */
export function truncated(sql: string, kind: TimedType['kind'], held: number, wanted: number): string {
  if (held <= wanted || wanted >= 6) return sql;
  if (kind === 'TIME') {
    const whole = truncated(`DATE '1970-01-01' + ${operand(sql)}`, 'TIMESTAMP', held, wanted);
    return castTo(whole, 'TIME');
  }
  if (wanted === 0) return `date_trunc('second', ${sql})`;
  if (wanted === 3) return `date_trunc('millisecond', ${sql})`;
  const step = 10 ** (6 - wanted);
  const micros = `epoch_us(${sql})`;
  const made = `make_timestamp(${micros} - (${micros} % ${step} + ${step}) % ${step})`;
  return kind === 'TIMESTAMP_LTZ' ? `${made} AT TIME ZONE 'UTC'` : made;
}
