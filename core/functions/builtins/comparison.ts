/** Comparisons, IS tests, IN. NULL and NaN follow Flink; text compares by its UTF-8 bytes, as in DuckDB. */
import { operand } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { isApproximate, typeFamily } from '../../types/type-family.js';
import { types, withNullable } from '../../types/types.js';
import { define } from '../define.js';
import { any, boolean } from '../parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from '../scalar-function.js';

/** Families whose values have an order that Flink defines. */
const ORDERED = new Set([
  'boolean',
  'numeric',
  'string',
  'binary',
  'date',
  'time',
  'timestamp',
  'year-month',
  'day-time',
]);
/** Families that text is converted to when it is compared with them. */
const READ_FROM_TEXT = new Set(['date', 'time', 'timestamp']);

const comparison = (symbol: string): ScalarFunction => ({
  id: symbol,
  names: [symbol],
  signature: `a ${symbol} b of comparable types`,
  infer: (args) => inferComparison(args, false, symbol === '=' || symbol === '<>'),
  render: (args, call) => compared(symbol, args, call),
});

/** DuckDB orders NaN after all numbers; compared by `<` or `>`, nothing is less or greater than NaN, as on the JVM. */
function compared(
  symbol: string,
  [a, b]: readonly string[],
  { argumentTypes, literals }: Parameters<RenderCall>[1],
): string {
  const plain = `${operand(a!)} ${symbol} ${operand(b!)}`;
  const greater = symbol.startsWith('>') ? 0 : symbol === '<' || symbol === '<=' ? 1 : null;
  if (greater === null || !isApproximate(argumentTypes[greater]!) || literals[greater] !== undefined)
    return plain;
  return `${plain} AND ${operand([a!, b!][greater]!)} <= 'Infinity'::DOUBLE`;
}

const distinction = (name: string): ScalarFunction => ({
  id: name,
  names: [name],
  signature: `a ${name} b of comparable types`,
  infer: (args) => inferComparison(args, true, true),
  render: ([a, b]) => `${operand(a!)} ${name} ${operand(b!)}`,
});

/** The common type two compared values take; null where they cannot be compared. */
function comparedType(a: DataType, b: DataType): DataType | null {
  const [left, right] = [typeFamily(a), typeFamily(b)];
  if (left === 'null' || right === 'null') return commonType([a, b]);
  if (left === right) return ORDERED.has(left) ? commonType([a, b]) : null;
  if (left === 'string' && READ_FROM_TEXT.has(right)) return b;
  if (right === 'string' && READ_FROM_TEXT.has(left)) return a;
  return null;
}

/** Arrays, maps and rows of one kind are equal or not, without an order. */
function comparedCollection(a: DataType, b: DataType): DataType | null {
  return a.kind === b.kind && ['array', 'map', 'row'].includes(typeFamily(a)) ? commonType([a, b]) : null;
}

function inferComparison(
  args: readonly FunctionArgument[],
  knowsNull: boolean,
  isEquality: boolean,
): Inference {
  if (args.length !== 2) return null;
  const [a, b] = [args[0]!.type, args[1]!.type];
  const common = comparedType(a, b) ?? (isEquality ? comparedCollection(a, b) : null);
  if (common === null) return null;
  const type = withNullable(types.boolean(), !knowsNull && (a.nullable || b.nullable));
  return { type, coercions: [a, b].map((t) => comparedAs(t, common)) };
}

/** DuckDB widens numbers by itself exactly as needed, so only the rest is cast. */
function comparedAs(type: DataType, common: DataType): DataType | null {
  // The kind of the first of two approximate numbers decides, as in Calcite.
  if (isApproximate(type) && isApproximate(common) && type.kind !== common.kind)
    return withNullable(common, type.nullable);
  const sameFamily = typeFamily(type) === typeFamily(common);
  return sameFamily &&
    type.kind !== 'NULL' &&
    !(typeFamily(type) === 'timestamp' && type.kind !== common.kind)
    ? null
    : withNullable(common, type.nullable);
}

const membership = (name: string): ScalarFunction => ({
  id: name,
  names: [name],
  signature: `ANY ${name} (ANY…)`,
  infer: (args) => inferMembership(args),
  render: ([value, ...list]) => `${operand(value!)} ${name} (${list.join(', ')})`,
});

function inferMembership(args: readonly FunctionArgument[]): Inference {
  const [value, ...list] = args;
  if (value === undefined || list.length === 0) return null;
  const coercions: (DataType | null)[] = [null];
  for (const item of list) {
    const common = comparedType(value.type, item.type);
    if (common === null) return null;
    const itemType = item.type.kind === 'NULL' ? value.type : common;
    coercions.push(comparedAs(item.type, itemType));
  }
  return {
    type: withNullable(
      types.boolean(),
      args.some((a) => a.type.nullable),
    ),
    coercions,
  };
}

const test = (name: string, render: RenderCall = ([a]) => `${operand(a!)} ${name}`): ScalarFunction =>
  define({
    id: name,
    parameters: [name.endsWith('NULL') ? any : boolean],
    result: types.boolean(),
    nulls: 'never',
    render,
  });

/** Entries of this topic. */
export const comparisonFunctions: readonly ScalarFunction[] = [
  ...['=', '<>', '<', '<=', '>', '>='].map(comparison),
  ...['IS DISTINCT FROM', 'IS NOT DISTINCT FROM'].map(distinction),
  ...['IN', 'NOT IN'].map(membership),
  test('IS NULL'),
  test('IS NOT NULL'),
  test('IS TRUE', ([a]) => `${operand(a!)} IS NOT DISTINCT FROM TRUE`),
  test('IS NOT TRUE', ([a]) => `${operand(a!)} IS DISTINCT FROM TRUE`),
  test('IS FALSE', ([a]) => `${operand(a!)} IS NOT DISTINCT FROM FALSE`),
  test('IS NOT FALSE', ([a]) => `${operand(a!)} IS DISTINCT FROM FALSE`),
  test('IS UNKNOWN', ([a]) => `${operand(a!)} IS NULL`),
  test('IS NOT UNKNOWN', ([a]) => `${operand(a!)} IS NOT NULL`),
];
