/** `a / b` of DECIMAL. */
import type { LiteralValue } from '../../plan/expression.js';
import { castTo, operand } from '../../render/sql-text.js';
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
} from './decimal-operand.js';

/**
 * `a / b` rounded half up, where `b` is not 0; NULL where it has more digits than the type. Values whose digits fit
 * BIGINT, nearly all, are divided as such: a tenth of the time.
 */
export function decimalQuotientOf(a: DecimalOperand, b: DecimalOperand, type: DecimalType): string {
  const any = fitsHugeint(a, b, type) ? hugeQuotient(a, b, type) : inPython('quotient', a, b, type);
  const small = smallQuotient(a, b, type);
  return small === null ? any : where(small.fits, small.sql, any);
}

/** True where every quotient fits the type: its numerator `a·10^k` has as many digits then. */
export function fitsHugeint(a: DecimalOperand, b: DecimalOperand, type: DecimalType): boolean {
  return wholeDigits(a.shape) + b.shape.scale + type.scale <= MAX_DECIMAL_PRECISION;
}

/** DuckDB divides DECIMAL as DOUBLE, so the quotient is made of unscaled integers: `a·10^k / b`. */
function hugeQuotient(a: DecimalOperand, b: DecimalOperand, type: DecimalType): string {
  const numerator = unscaled(a.sql, a.shape, type.scale + b.shape.scale);
  const divisor = unscaled(b.sql, b.shape, b.shape.scale);
  const half = `abs(${divisor}) // 2 * sign(${a.sql})::HUGEINT`;
  return scaledDown(`(${numerator} + ${half}) // ${divisor}`, MAX_DECIMAL_PRECISION, type);
}

/** Digits that a DOUBLE holds exactly. */
const DOUBLE_DIGITS = 15;
/** Where the dividend may have fewer digits before its point, few values fit. */
const LEAST_DIGITS = 3;

/** The quotient in BIGINT, and the conditions that it needs; null where it is not worth it. */
function smallQuotient(
  a: DecimalOperand,
  b: DecimalOperand,
  type: DecimalType,
): { readonly sql: string; readonly fits: readonly string[] } | null {
  const shift = type.scale + b.shape.scale - a.shape.scale;
  const digits = Math.min(DOUBLE_DIGITS, BIGINT_DIGITS - shift);
  const precision = BIGINT_DIGITS + 1;
  if (
    shift < 0 ||
    DOUBLE_DIGITS - b.shape.scale < 1 ||
    digits - a.shape.scale < LEAST_DIGITS ||
    precision + type.scale > MAX_DECIMAL_PRECISION
  )
    return null;
  const fits = [...within(a, digits - a.shape.scale), ...within(b, DOUBLE_DIGITS - b.shape.scale)];
  const divisor = asBigint(b);
  const half = `abs(${divisor}) // 2 * sign(${a.sql})`;
  const quotient = `(${asBigint(a)} * ${10n ** BigInt(shift)} + ${half}) // ${divisor}`;
  return { sql: scaledDown(quotient, precision, type), fits };
}

/** The unscaled value of an operand of at most 15 digits. Twice rounded, a DOUBLE is less than 0.25 off. */
function asBigint({ sql, shape: { scale } }: DecimalOperand): string {
  return scale === 0
    ? castTo(sql, 'BIGINT')
    : castTo(`round(${castTo(sql, 'DOUBLE')} * 1e${scale})`, 'BIGINT');
}

/** `value · 10^digits` as HUGEINT, where `digits` is at least the scale. Constants are computed here. */
function unscaled(sql: string, shape: DecimalShape, digits: number): string {
  if (/^\d+$/.test(sql)) return `${BigInt(sql) * 10n ** BigInt(digits)}::HUGEINT`;
  const whole = withoutPoint(sql, shape);
  return digits === shape.scale ? whole : `${whole} * ${10n ** BigInt(digits - shape.scale)}::HUGEINT`;
}

/** The digits of the value without the point. Where the shifted value may not fit DECIMAL(38), they are taken from its text. */
function withoutPoint(sql: string, { precision, scale }: DecimalShape): string {
  if (scale === 0) return castTo(sql, 'HUGEINT');
  return precision + scale <= MAX_DECIMAL_PRECISION
    ? castTo(`${operand(sql)} * ${10n ** BigInt(scale)}::HUGEINT`, 'HUGEINT')
    : castTo(`replace(${castTo(sql, 'VARCHAR')}, '.', '')`, 'HUGEINT');
}

/** The DECIMAL whose unscaled value is `sql`, of at most `precision` digits. */
function scaledDown(sql: string, precision: number, type: DecimalType): string {
  if (type.scale === 0) return castTo(sql, toDuckDbType(type));
  const unit = `0.${'0'.repeat(type.scale - 1)}1::DECIMAL(${type.scale}, ${type.scale})`;
  const whole = castTo(sql, `DECIMAL(${precision}, 0)`);
  return castTo(`${whole} * ${unit}`, toDuckDbType(type));
}

/**
 * `1 / divisor` as a DECIMAL constant: 0.5 for 2, 0.01 for 100. Null where its digits do not end, or the product of a
 * number of the shape and it would be rounded: it has to have no more than `scale` digits after the point.
 */
export function reciprocal(
  divisor: LiteralValue | undefined,
  { precision, scale: digits }: DecimalShape,
  scale: number,
): string | null {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(String(divisor));
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  const unscaledDivisor = BigInt(whole + fraction);
  if (unscaledDivisor === 0n) return null;
  const most = Math.min(scale - digits, MAX_DECIMAL_PRECISION - precision - 1);
  for (let places = 1; places <= most; places += 1) {
    const numerator = 10n ** BigInt(fraction.length + places);
    if (numerator % unscaledDivisor !== 0n) continue;
    const text = String(numerator / unscaledDivisor).padStart(places + 1, '0');
    if (text.length > MAX_DECIMAL_PRECISION - precision) return null;
    return `${text.slice(0, -places)}.${text.slice(-places)}`;
  }
  return null;
}
