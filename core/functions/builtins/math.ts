/** Mathematical functions. Outside their domain they give NaN and infinities, as the JVM, where DuckDB fails. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import { decimalRound } from '../../types/decimal-type.js';
import { isApproximate, isInteger } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import type { ResultRule } from '../define.js';
import { call, define } from '../define.js';
import { constantInt, double, int, numeric, optional } from '../parameter.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';
import { folded, wrapped } from './integer-overflow.js';

const NAN = "CAST('NaN' AS DOUBLE)";

const real = (id: string, duckDb = id.toLowerCase()): ScalarFunction =>
  define({ id, parameters: [double], result: types.double(), render: call(duckDb) });

const within =
  (condition: string, duckDb: string): RenderCall =>
  ([a]) =>
    `CASE WHEN ${operand(a!)} ${condition} THEN ${NAN} ELSE ${duckDb}(${a}) END`;

const guardedReal = (id: string, outside: string): ScalarFunction =>
  define({ id, parameters: [double], result: types.double(), render: within(outside, id.toLowerCase()) });

function logarithm(sql: string, duckDb: string): string {
  const x = operand(sql);
  return `CASE WHEN ${x} > 0 THEN ${duckDb}(${sql}) WHEN ${x} = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN ${x} < 0 THEN ${NAN} END`;
}

const log = (id: string, duckDb: string, names: readonly string[] = [id]): ScalarFunction =>
  define({ id, names, parameters: [double], result: types.double(), render: ([a]) => logarithm(a!, duckDb) });

const roundedType: ResultRule = ([type], [, digits]) =>
  type!.kind === 'DECIMAL' ? decimalRound(type!, Number(digits?.literal ?? 0)) : type!;

/**
 * Rounds half up what the number prints, as `BigDecimal.valueOf`: 1.005 to two digits is 1.01. Numbers too large for
 * DECIMAL(38, 18) have no such digits and stay.
 */
const round: RenderCall = ([a], { literals, resultType, argumentTypes }) => {
  const digits = Number(literals[1] ?? 0);
  const target = toDuckDbType(resultType);
  if (isInteger(resultType)) {
    if (digits >= 0) return a!;
    const step = 10n ** BigInt(-digits);
    const wide = castTo(a!, 'HUGEINT');
    return folded(`(${wide} + sign(${a}) * ${step / 2n}) // ${step} * ${step}`, resultType);
  }
  if (argumentTypes[0]!.kind === 'DECIMAL') return castTo(`round(${a}, ${digits})`, target);
  if (digits === 0) return `round(${a})`;
  return `coalesce(${castTo(`round(${printed(a!)}, ${digits})`, target)}, ${a})`;
};

/** The smallest integer has no opposite and stays, as in the JVM. */
const absolute: RenderCall = ([a], { resultType }) =>
  isInteger(resultType)
    ? `CASE WHEN ${operand(a!)} < 0 THEN ${wrapped('-', '0', a!, resultType)} ELSE ${a} END`
    : `abs(${a})`;

const truncate: RenderCall = ([a], { literals, resultType, argumentTypes }) => {
  const digits = Number(literals[1] ?? 0);
  const target = toDuckDbType(resultType);
  const value = operand(a!);
  if (isInteger(resultType))
    return digits >= 0 ? a! : castTo(`${value} - ${value} % ${10 ** -digits}`, target);
  if (digits === 0) return castTo(`trunc(${a})`, target);
  if (argumentTypes[0]!.kind === 'DECIMAL') return castTo(`${value} - ${value} % ${step(digits)}`, target);
  const exact = printed(a!);
  return `coalesce(${castTo(`${exact} - ${exact} % ${step(digits)}`, target)}, ${a})`;
};

/** The decimal digits that a DOUBLE prints; NULL where they do not fit. */
const printed = (sql: string): string => `TRY_CAST(${castTo(sql, 'VARCHAR')} AS DECIMAL(38, 18))`;

function step(digits: number): string {
  if (digits <= 0) return String(10n ** BigInt(-digits));
  const scale = Math.min(digits, 18);
  return `0.${'0'.repeat(scale - 1)}1::DECIMAL(${scale}, ${scale})`;
}

const whole =
  (duckDb: 'ceil' | 'floor'): RenderCall =>
  ([a], { resultType }) =>
    isInteger(resultType) ? a! : castTo(`${duckDb}(${a})`, toDuckDbType(resultType));

const wholeType: ResultRule = ([type]) =>
  type!.kind === 'DECIMAL' ? types.decimal(type!.precision, 0) : type!;

const constant = (id: string, sql: string): ScalarFunction =>
  define({ id, parameters: [], result: types.double(), render: () => sql });

/** Entries of this topic. */
export const mathFunctions: readonly ScalarFunction[] = [
  ...['EXP', 'SIN', 'COS', 'TAN', 'SINH', 'COSH', 'TANH', 'ATAN', 'DEGREES', 'RADIANS'].map((id) => real(id)),
  define({ id: 'COT', parameters: [double], result: types.double(), render: ([a]) => `1e0 / tan(${a})` }),
  guardedReal('ASIN', 'NOT BETWEEN -1 AND 1'),
  guardedReal('ACOS', 'NOT BETWEEN -1 AND 1'),
  guardedReal('SQRT', '< 0'),
  log('LN', 'ln'),
  log('LOG', 'ln'),
  log('LOG10', 'log10'),
  log('LOG2', 'log2'),
  define({
    id: 'LOG_BASE',
    names: ['LOG'],
    parameters: [double, double],
    result: types.double(),
    render: ([base, a]) => `(${logarithm(a!, 'ln')}) / (${logarithm(base!, 'ln')})`,
  }),
  define({ id: 'POWER', parameters: [double, double], result: types.double(), render: call('pow') }),
  define({ id: 'ATAN2', parameters: [double, double], result: types.double(), render: call('atan2') }),
  constant('PI', 'pi()'),
  constant('E', 'exp(1)'),
  define({ id: 'ABS', parameters: [numeric], result: ([a]) => a!, render: absolute }),
  define({
    id: 'SIGN',
    parameters: [numeric],
    result: ([a]) => a!,
    render: ([a], { resultType }) => {
      const sign = castTo(`sign(${a})`, toDuckDbType(resultType));
      return isApproximate(resultType) ? `CASE WHEN isnan(${a}) THEN ${a} ELSE ${sign} END` : sign;
    },
  }),
  define({ id: 'ROUND', parameters: [numeric, optional(constantInt)], result: roundedType, render: round }),
  define({
    id: 'TRUNCATE',
    parameters: [numeric, optional(constantInt)],
    result: roundedType,
    render: truncate,
  }),
  define({
    id: 'CEIL',
    names: ['CEIL', 'CEILING'],
    parameters: [numeric],
    result: wholeType,
    render: whole('ceil'),
  }),
  define({ id: 'FLOOR', parameters: [numeric], result: wholeType, render: whole('floor') }),
  define({ id: 'RAND', parameters: [], result: types.double(), render: () => 'random()', volatile: true }),
  define({
    id: 'RAND_INTEGER',
    parameters: [int],
    result: types.int(),
    render: ([a]) => castTo(`floor(random() * ${operand(a!)})`, 'INTEGER'),
    volatile: true,
  }),
  define({
    id: 'UUID',
    parameters: [],
    result: types.char(36),
    render: () => castTo('uuid()', 'VARCHAR'),
    volatile: true,
  }),
];
