/** Functions that make arrays of arrays. Elements are compared with NULL as a value; results keep the order of the first argument. */
import { operand } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';
import { define } from '../define.js';
import { array, constantBoolean, int, optional } from '../parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from '../scalar-function.js';

type ArrayType = DataType & { readonly kind: 'ARRAY' };

/** The SQL, or NULL where one of the arrays is NULL. */
const unlessNull = (arrays: readonly string[], sql: string): string =>
  `CASE WHEN ${arrays.map((each) => `${operand(each)} IS NOT NULL`).join(' AND ')} THEN ${sql} END`;

/** True where a list has the value, NULL too. */
const has = (list: string, value: string): string =>
  `len(list_filter(${list}, lambda o: o IS NOT DISTINCT FROM ${value})) > 0`;

const distinct = (list: string): string =>
  `list_filter(${list}, lambda e, i: NOT ${has(`${operand(list)}[1:i - 1]`, 'e')})`;

/** An array and a value: the common type of both is the result's element. */
const withValue = (id: string, render: RenderCall): ScalarFunction => ({
  id,
  names: [id],
  signature: `${id}(ARRAY<T>, T)`,
  infer: ([list, value, ...rest]) => {
    if (list?.type.kind !== 'ARRAY' || value === undefined || rest.length > 0) return null;
    const common = commonType([list.type.element, value.type]);
    if (common === null || common.kind !== list.type.element.kind) return null;
    const result = withNullable(types.array(common), list.type.nullable);
    return { type: result, coercions: [result, common] };
  },
  render,
});

/** Arrays of one type. */
const ofArrays = (id: string, most: number, render: RenderCall): ScalarFunction => ({
  id,
  names: [id],
  signature: most === 2 ? `${id}(ARRAY<T>, ARRAY<T>)` : `${id}(ARRAY<T>, ARRAY<T>…)`,
  infer: (args) => inferArrays(args, most),
  render: (args, call) => unlessNull(args, render(args, call)),
});

function inferArrays(args: readonly FunctionArgument[], most: number): Inference {
  if (args.length > most || (most === 2 && args.length !== 2)) return null;
  if (!args.every(({ type }) => type.kind === 'ARRAY')) return null;
  const common = commonType(args.map(({ type }) => type));
  return common && { type: common, coercions: args.map(({ type }) => withNullable(common, type.nullable)) };
}

/** Positions count from 1, negative ones from the end; 0 is 1. */
const slice: RenderCall = ([list, from, to]) => {
  const start = `CASE WHEN ${operand(from!)} = 0 THEN 1 ELSE greatest(${from}, -len(${list})) END`;
  const end = to === undefined ? `len(${list})` : `CASE WHEN ${operand(to)} = 0 THEN 1 ELSE ${to} END`;
  return unlessNull([list!, from!, ...(to === undefined ? [] : [to])], `${operand(list!)}[${start}:${end}]`);
};

/** Without a third argument NULLs count as the smallest. */
const sort: RenderCall = ([list], { literals: [, ascending = true, nullsFirst = ascending] }) =>
  `list_sort(${list}, '${ascending === true ? 'ASC' : 'DESC'}', 'NULLS ${nullsFirst === true ? 'FIRST' : 'LAST'}')`;

const element: RenderCall = ([list], { failure }) =>
  `CASE WHEN len(${list}) > 1 THEN ${failure("'ELEMENT: the array has more than one element'")} ELSE ${operand(list!)}[1] END`;

/** Entries of this topic. */
export const arrayFunctions: readonly ScalarFunction[] = [
  withValue('ARRAY_APPEND', ([list, value]) => unlessNull([list!], `list_append(${list}, ${value})`)),
  withValue('ARRAY_PREPEND', ([list, value]) => unlessNull([list!], `list_prepend(${value}, ${list})`)),
  withValue('ARRAY_REMOVE', ([list, value]) => `list_filter(${list}, lambda e: e IS DISTINCT FROM ${value})`),
  ofArrays('ARRAY_CONCAT', Number.POSITIVE_INFINITY, ([first, ...rest]) =>
    rest.reduce((made, each) => `list_concat(${made}, ${each})`, first!),
  ),
  ofArrays('ARRAY_UNION', 2, ([a, b]) => distinct(`list_concat(${a}, ${b})`)),
  ofArrays('ARRAY_EXCEPT', 2, ([a, b]) => `list_filter(${distinct(a!)}, lambda x: NOT ${has(b!, 'x')})`),
  ofArrays('ARRAY_INTERSECT', 2, ([a, b]) => `list_filter(${distinct(a!)}, lambda x: ${has(b!, 'x')})`),
  define({ id: 'ARRAY_DISTINCT', parameters: [array], result: ([a]) => a!, render: ([a]) => distinct(a!) }),
  define({
    id: 'ARRAY_SLICE',
    parameters: [array, int, optional(int)],
    result: ([a]) => a!,
    render: slice,
  }),
  define({
    id: 'ARRAY_SORT',
    parameters: [array, optional(constantBoolean), optional(constantBoolean)],
    result: ([a]) => a!,
    render: sort,
  }),
  define({
    id: 'ELEMENT',
    parameters: [array],
    result: ([a]) => (a as ArrayType).element,
    nulls: 'always',
    render: element,
  }),
];
