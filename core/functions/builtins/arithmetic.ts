/** `+ - * / %` and MOD over numbers. Integers wrap around and truncate, DECIMAL rounds half up, as in Flink. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import type { DecimalShape } from '../../types/decimal-type.js';
import { decimalProduct, decimalQuotient, decimalRemainder, decimalSum } from '../../types/decimal-type.js';
import { asDecimal, isApproximate, isInteger } from '../../types/type-family.js';
import { define } from '../define.js';
import { exact, numeric } from '../parameter.js';
import type { CallContext, RenderCall, ScalarFunction } from '../scalar-function.js';
import { type DecimalOperand, type DecimalType, withShortNames } from './decimal-operand.js';
import { decimalQuotientOf, fitsHugeint, reciprocal } from './decimal-quotient.js';
import { decimalProductOf, decimalSumOf } from './decimal-sum.js';
import { wrapped } from './integer-overflow.js';

type DecimalRule = (a: DecimalShape, b: DecimalShape) => DataType;

const arithmetic = (symbol: '+' | '-' | '*', rule: DecimalRule): ScalarFunction =>
  define({
    id: symbol,
    parameters: [numeric, numeric],
    result: ([a, b]) => numericResult(a!, b!, rule),
    render: (args, call) => {
      const type = call.resultType;
      if (isInteger(type)) return wrapped(symbol, args[0]!, args[1]!, type);
      if (type.kind !== 'DECIMAL') return inFloat(args, call, symbol);
      const [a, b] = decimalOperands(args, call);
      return symbol === '*' ? decimalProductOf(a, b, type) : decimalSumOf(symbol, a, b, type);
    },
  });

function decimalOperands(args: readonly string[], call: CallContext): [DecimalOperand, DecimalOperand] {
  const [a, b] = args.map((sql, i) => ({ sql, shape: asDecimal(call.argumentTypes[i]!)! }));
  return [a!, b!];
}

/** Two integers give the wider one, two approximate numbers the first (as Calcite), a DECIMAL its own rule. */
function numericResult(a: DataType, b: DataType, rule: DecimalRule): DataType {
  if (isApproximate(a) && isApproximate(b)) return a;
  if (isApproximate(a) || isApproximate(b) || (isInteger(a) && isInteger(b))) return commonType([a, b])!;
  return rule(asDecimal(a)!, asDecimal(b)!);
}

function inFloat(args: readonly string[], call: CallContext, symbol: string): string {
  const target = toDuckDbType(call.resultType);
  const [a, b] = args.map((arg, i) => {
    const type = call.argumentTypes[i]!;
    return type.kind === call.resultType.kind || isInteger(type) ? operand(arg) : castTo(arg, target);
  });
  const sql = `${a} ${symbol} ${b}`;
  const bothFloat = call.argumentTypes.some((t) => t.kind === call.resultType.kind);
  return bothFloat && symbol !== '/' ? sql : castTo(sql, target);
}

const divide: RenderCall = (args, call) => {
  const [a, b] = args.map(operand) as [string, string];
  if (isInteger(call.resultType)) {
    const sql = guarded(call, a, b, (divisor) => `${a} // ${divisor}`);
    return isNarrow(call) ? castTo(sql, toDuckDbType(call.resultType)) : sql;
  }
  if (call.resultType.kind === 'DECIMAL') return decimalDivision(args, call);
  const target = toDuckDbType(call.resultType);
  return `${castTo(args[0]!, target)} / ${castTo(args[1]!, target)}`;
};

function isNarrow(call: CallContext): boolean {
  return call.argumentTypes.some((t) => t.kind !== call.resultType.kind);
}

/** A division that fails where the divisor is 0, and wraps the smallest integer divided by -1. */
function guarded(call: CallContext, a: string, b: string, quotient: (divisor: string) => string): string {
  const constant = call.literals[1];
  if (constant !== undefined && constant !== null && Number(constant) > 0) return quotient(b);
  const branches = [`WHEN ${b} = 0 AND ${a} IS NOT NULL THEN ${call.failure("'Division by zero'")}`];
  if (isInteger(call.resultType)) {
    branches.push(`WHEN ${b} = -1 THEN ${wrapped('-', '0', a, call.resultType)}`);
  }
  return `CASE ${branches.join(' ')} ELSE ${quotient(b)} END`;
}

/** Exact; a constant divisor whose inverse ends is a factor. */
function decimalDivision(args: readonly string[], call: CallContext): string {
  const [a, b] = decimalOperands(args, call);
  const type = call.resultType as DecimalType;
  const inverse = fitsHugeint(a, b, type) ? reciprocal(call.literals[1], a.shape, type.scale) : null;
  if (inverse !== null) return castTo(`${operand(a.sql)} * ${inverse}`, toDuckDbType(type));
  return withShortNames(a, b, (x, y) => guarded(call, x.sql, y.sql, () => decimalQuotientOf(x, y, type)));
}

const modulo = define({
  id: 'MOD',
  names: ['MOD', '%'],
  parameters: [exact, exact],
  result: ([a, b]) =>
    isInteger(a!) && isInteger(b!) ? b! : decimalRemainder(asDecimal(a!)!, asDecimal(b!)!),
  render: (args, call) => {
    const [a, b] = args.map(operand) as [string, string];
    const sql = guarded({ ...call, resultType: NEVER_WRAPS }, a, b, (divisor) => `${a} % ${divisor}`);
    const exactly =
      call.argumentTypes.every((t) => t.kind === call.resultType.kind) && isInteger(call.resultType);
    return exactly ? sql : castTo(sql, toDuckDbType(call.resultType));
  },
});

/** A remainder needs no wrapping: it is never larger than its divisor. */
const NEVER_WRAPS: DataType = { kind: 'DOUBLE', nullable: true };

const negate = define({
  id: 'NEGATE',
  names: ['-'],
  parameters: [numeric],
  result: ([a]) => a!,
  render: ([a], call) =>
    isInteger(call.resultType) && typeof call.literals[0] !== 'number'
      ? wrapped('-', '0', a!, call.resultType)
      : `-${operand(a!)}`,
});

const plus = define({
  id: 'PLUS',
  names: ['+'],
  parameters: [numeric],
  result: ([a]) => a!,
  render: ([a]) => a!,
});

/** Entries of this topic. */
export const arithmeticFunctions: readonly ScalarFunction[] = [
  arithmetic('+', decimalSum),
  arithmetic('-', decimalSum),
  arithmetic('*', decimalProduct),
  define({
    id: '/',
    parameters: [numeric, numeric],
    result: ([a, b]) => numericResult(a!, b!, decimalQuotient),
    render: divide,
  }),
  modulo,
  negate,
  plus,
];
