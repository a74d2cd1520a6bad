/** Operands of exact arithmetic, and what is known of their digits. */
import { isLong, renderOnce } from '../../render/once.js';
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import type { DecimalShape } from '../../types/decimal-type.js';
import { hostCall } from './host-call.js';

export type DecimalType = DataType & { readonly kind: 'DECIMAL' };

/** A DECIMAL or a whole number in SQL. */
export interface DecimalOperand {
  readonly sql: string;
  readonly shape: DecimalShape;
}

/** Digits of a DECIMAL that DuckDB keeps in 64 bits: it checks for overflow there and does not widen. */
export const BIGINT_DIGITS = 18;

/** `render` of two operands; where they are long, they are computed under names of their own first. */
export function withShortNames(
  a: DecimalOperand,
  b: DecimalOperand,
  render: (a: DecimalOperand, b: DecimalOperand) => string,
): string {
  const once = isLong(a.sql + b.sql);
  return renderOnce([operand(a.sql), operand(b.sql)], [once, once], ([x, y]) =>
    render({ ...a, sql: x! }, { ...b, sql: y! }),
  );
}

/** Digits before the point. */
export function wholeDigits({ precision, scale }: DecimalShape): number {
  return precision - scale;
}

/** The condition that an operand has at most `digits` digits before its point; none where its type says so. */
export function within({ sql, shape }: DecimalOperand, digits: number): string[] {
  if (wholeDigits(shape) <= digits) return [];
  if (shape.precision > BIGINT_DIGITS) return [`abs(${castTo(sql, 'DOUBLE')}) < 1e${digits}`];
  const most = 10n ** BigInt(digits) - 1n;
  return [`${sql} BETWEEN -${most} AND ${most}`];
}

/** `sql` where all conditions hold or an operand is NULL, else `otherwise`: one NULL would call Python for its whole vector. */
export function where(conditions: readonly string[], sql: string, otherwise: string): string {
  return conditions.length === 0
    ? sql
    : `CASE WHEN NOT (${conditions.join(' AND ')}) THEN ${otherwise} ELSE ${sql} END`;
}

/** The result in Python, of any size; NULL where it does not fit the type, as in Flink. */
export function inPython(
  name: 'sum' | 'difference' | 'product' | 'quotient',
  a: DecimalOperand,
  b: DecimalOperand,
  type: DecimalType,
): string {
  const texts = [a, b].map(({ sql }) => castTo(sql, 'VARCHAR'));
  return `TRY_CAST(${hostCall(`decimal_${name}`, ...texts, String(type.scale))} AS ${toDuckDbType(type)})`;
}
