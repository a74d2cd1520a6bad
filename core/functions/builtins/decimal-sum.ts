/** `a + b`, `a - b` and `a * b` of DECIMAL. DuckDB computes them exactly where the digits fit, and fails elsewhere. */
import { castTo } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DecimalShape } from '../../types/decimal-type.js';
import { MAX_DECIMAL_PRECISION } from '../../types/types.js';
import {
  BIGINT_DIGITS,
  type DecimalOperand,
  type DecimalType,
  inPython,
  where,
  wholeDigits,
  within,
  withShortNames,
} from './decimal-operand.js';

/** The sum or difference; NULL where it has more digits than the type. */
export function decimalSumOf(
  symbol: '+' | '-',
  a: DecimalOperand,
  b: DecimalOperand,
  type: DecimalType,
): string {
  const scale = Math.max(a.shape.scale, b.shape.scale);
  const whole = Math.max(wholeDigits(a.shape), wholeDigits(b.shape)) + 1;
  const native = (x: string, y: string) => castTo(`${x} ${symbol} ${y}`, toDuckDbType(type));
  return withShortNames(a, b, (x, y) => {
    if (whole + scale <= BIGINT_DIGITS || (whole + scale <= MAX_DECIMAL_PRECISION && isWide(a, b))) {
      return native(x.sql, y.sql);
    }
    if (whole + scale <= MAX_DECIMAL_PRECISION) {
      return native(castTo(x.sql, `DECIMAL(${whole + scale}, ${scale})`), y.sql);
    }
    const digits = MAX_DECIMAL_PRECISION - 1 - scale;
    const any = inPython(symbol === '+' ? 'sum' : 'difference', x, y, type);
    return digits < 1 ? any : where([...within(x, digits), ...within(y, digits)], native(x.sql, y.sql), any);
  });
}

/** The product, rounded half up where the type has fewer digits; NULL where it has more digits than the type. */
export function decimalProductOf(a: DecimalOperand, b: DecimalOperand, type: DecimalType): string {
  const digits = a.shape.precision + b.shape.precision;
  const native = (x: string, y: string) => castTo(`${x} * ${y}`, toDuckDbType(type));
  return withShortNames(a, b, (x, y) => {
    if (digits <= BIGINT_DIGITS || (digits <= MAX_DECIMAL_PRECISION && isWide(a, b))) {
      return holdsAlike(digits, a, b, type) ? `(${x.sql} * ${y.sql})` : native(x.sql, y.sql);
    }
    const isExact = digits <= MAX_DECIMAL_PRECISION;
    const shares = shareOut(isExact ? BIGINT_DIGITS : MAX_DECIMAL_PRECISION, a.shape, b.shape);
    const wide = `DECIMAL(${MAX_DECIMAL_PRECISION - b.shape.precision}, ${a.shape.scale})`;
    const any = isExact ? native(castTo(x.sql, wide), y.sql) : inPython('product', x, y, type);
    if (shares === null) return any;
    return where([...within(x, shares[0]), ...within(y, shares[1])], native(x.sql, y.sql), any);
  });
}

/**
 * True where DuckDB's product has the digits of the type after the point and as many bits: its type may say a digit less
 * than Flink's then, since a cast that only says so costs more than the product.
 */
function holdsAlike(digits: number, a: DecimalOperand, b: DecimalOperand, type: DecimalType): boolean {
  return (
    type.scale === a.shape.scale + b.shape.scale &&
    type.precision >= digits &&
    type.precision <= BIGINT_DIGITS === digits <= BIGINT_DIGITS
  );
}

/** True where DuckDB computes in 128 bits. */
function isWide(a: DecimalOperand, b: DecimalOperand): boolean {
  return Math.max(a.shape.precision, b.shape.precision) > BIGINT_DIGITS;
}

/** How many digits each factor may have before its point, so that the product has `digits` in all; null: too few. */
function shareOut(digits: number, a: DecimalShape, b: DecimalShape): readonly [number, number] | null {
  const most = digits - a.scale - b.scale;
  const half = Math.floor(most / 2);
  if (half < 1) return null;
  if (wholeDigits(b) <= half) return [most - wholeDigits(b), wholeDigits(b)];
  return wholeDigits(a) <= half ? [wholeDigits(a), most - wholeDigits(a)] : [most - half, half];
}
