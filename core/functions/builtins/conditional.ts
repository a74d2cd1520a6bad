/** COALESCE, IFNULL, NULLIF, IF, GREATEST, LEAST. CASE is an expression of its own. */
import { operand } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { isApproximate } from '../../types/type-family.js';
import { types, withNullable } from '../../types/types.js';
import { define } from '../define.js';
import { any, boolean, comparable } from '../parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from '../scalar-function.js';

interface Shape {
  readonly id: string;
  readonly signature: string;
  readonly least: number;
  readonly most: number;
  /** Nullability of the result from that of the arguments. */
  readonly nullable: (args: readonly boolean[]) => boolean;
  readonly render: RenderCall;
}

/** All arguments take their common type. */
function uniform({ id, signature, least, most, nullable, render }: Shape): ScalarFunction {
  const infer = (args: readonly FunctionArgument[]): Inference => {
    if (args.length < least || args.length > most) return null;
    const common = widest(args.map((arg) => arg.type));
    if (common === null || common.kind === 'NULL') return null;
    return {
      type: withNullable(common, nullable(args.map((arg) => arg.type.nullable))),
      coercions: args.map((arg) => withNullable(common, arg.type.nullable)),
    };
  };
  return { id, names: [id], signature, infer, render };
}

/** Unlike CASE, these take DOUBLE where one of two approximate types is. */
function widest(all: readonly DataType[]): DataType | null {
  const common = commonType(all);
  return common !== null && isApproximate(common) && all.some((type) => type.kind === 'DOUBLE')
    ? types.double()
    : common;
}

const anyNull = (args: readonly boolean[]): boolean => args.some(Boolean);
const allNull = (args: readonly boolean[]): boolean => args.every(Boolean);

const coalesce: RenderCall = (args) => (args.length === 1 ? args[0]! : `coalesce(${args.join(', ')})`);

/** DuckDB leaves NULLs out; here one NULL makes the result NULL. */
const extreme =
  (name: string): RenderCall =>
  (args, { argumentTypes }) => {
    const nullable = args.filter((_, i) => argumentTypes[i]!.nullable);
    const found = `${name}(${args.join(', ')})`;
    if (nullable.length === 0) return found;
    return `CASE WHEN ${nullable.map((arg) => `${operand(arg)} IS NOT NULL`).join(' AND ')} THEN ${found} END`;
  };

const branch: ScalarFunction = {
  id: 'IF',
  names: ['IF'],
  signature: 'IF(BOOLEAN, ANY, ANY)',
  infer: (args) => {
    const [condition, ...values] = args;
    if (condition === undefined || values.length !== 2) return null;
    const accepted = boolean.accept(condition);
    const common = widest(values.map((value) => value.type));
    if (accepted === null || common === null || common.kind === 'NULL') return null;
    return {
      type: withNullable(common, anyNull(args.map((arg) => arg.type.nullable))),
      coercions: [
        accepted === 'same' ? null : accepted,
        ...values.map((v) => withNullable(common, v.type.nullable)),
      ],
    };
  },
  render: ([condition, yes, no]) => `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`,
};

/** Entries of this topic. */
export const conditionalFunctions: readonly ScalarFunction[] = [
  uniform({
    id: 'COALESCE',
    signature: 'COALESCE(ANY, ANY…)',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    nullable: allNull,
    render: coalesce,
  }),
  uniform({
    id: 'IFNULL',
    signature: 'IFNULL(ANY, ANY)',
    least: 2,
    most: 2,
    nullable: allNull,
    render: coalesce,
  }),
  uniform({
    id: 'GREATEST',
    signature: 'GREATEST(ANY, ANY…)',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    nullable: anyNull,
    render: extreme('greatest'),
  }),
  uniform({
    id: 'LEAST',
    signature: 'LEAST(ANY, ANY…)',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    nullable: anyNull,
    render: extreme('least'),
  }),
  branch,
  define({
    id: 'NULLIF',
    parameters: [comparable, any],
    result: ([a, b]) => (a!.kind !== 'NULL' && commonType([a!, b!]) !== null ? a! : null),
    nulls: 'always',
    render: ([a, b]) => `CASE WHEN ${operand(a!)} = ${operand(b!)} THEN NULL ELSE ${a} END`,
  }),
];
