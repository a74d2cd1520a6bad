/** Result types of exact arithmetic: Flink's `LogicalTypeMerging` (FLIP-37; the rules are those of SQL Server and Hive). */
import type { DataType } from './data-type.js';
import { MAX_DECIMAL_PRECISION, types } from './types.js';

/** Precision and scale of exact numbers. */
export interface DecimalShape {
  readonly precision: number;
  readonly scale: number;
}

/** Where digits do not suffice, integer digits win, but at least this many fraction digits stay. */
const MIN_FRACTION = 6;

/** The type of `a + b` and `a - b`. */
export function decimalSum(a: DecimalShape, b: DecimalShape): DataType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  return bounded(whole + scale + 1, scale);
}

/** The type of `a * b`. */
export function decimalProduct(a: DecimalShape, b: DecimalShape): DataType {
  return bounded(a.precision + b.precision + 1, a.scale + b.scale);
}

/** The type of `a / b`. */
export function decimalQuotient(a: DecimalShape, b: DecimalShape): DataType {
  const scale = Math.max(MIN_FRACTION, a.scale + b.precision + 1);
  return bounded(a.precision - a.scale + b.scale + scale, scale);
}

/** The type of `a % b`. */
export function decimalRemainder(a: DecimalShape, b: DecimalShape): DataType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.min(a.precision - a.scale, b.precision - b.scale);
  return bounded(whole + scale, scale);
}

/** The type of `ROUND(a, digits)`. */
export function decimalRound(a: DecimalShape, digits: number): DataType {
  if (digits >= a.scale) return types.decimal(a.precision, a.scale);
  const whole = 1 + a.precision - a.scale;
  return digits < 0
    ? types.decimal(Math.min(MAX_DECIMAL_PRECISION, whole), 0)
    : types.decimal(Math.min(MAX_DECIMAL_PRECISION, whole + digits), digits);
}

/** The type that holds the values of both, for CASE, UNION and comparisons. */
export function decimalCommon(a: DecimalShape, b: DecimalShape): DataType {
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  const scale = Math.min(Math.max(a.scale, b.scale), MAX_DECIMAL_PRECISION);
  return types.decimal(Math.min(whole + scale, MAX_DECIMAL_PRECISION), scale);
}

/** The type of `SUM(a)`. */
export function decimalTotal(a: DecimalShape): DataType {
  return types.decimal(MAX_DECIMAL_PRECISION, a.scale);
}

/** The type of `AVG(a)`. */
export function decimalAverage(a: DecimalShape): DataType {
  return types.decimal(MAX_DECIMAL_PRECISION, Math.max(MIN_FRACTION, a.scale));
}

function bounded(precision: number, scale: number): DataType {
  if (precision <= MAX_DECIMAL_PRECISION) return types.decimal(precision, scale);
  const whole = precision - scale;
  const kept = Math.max(MAX_DECIMAL_PRECISION - whole, Math.min(scale, MIN_FRACTION));
  return types.decimal(MAX_DECIMAL_PRECISION, kept);
}
