/** Arrays, maps and rows: constructors, elements, and what Flink has functions for. */
import { castTo, operand, quoteIdentifier } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';
import { call, define } from '../define.js';
import { any, array, int, map, optional, repeated, text } from '../parameter.js';
import type { FunctionArgument, Inference, RenderCall, ScalarFunction } from '../scalar-function.js';
import { mapOfEntries } from './map.js';

const arrayConstructor: ScalarFunction = {
  id: 'ARRAY',
  names: ['ARRAY'],
  signature: 'ARRAY[ANY, ANY…]',
  infer: (args) => {
    const element = commonType(args.map((arg) => arg.type));
    if (element === null || element.kind === 'NULL') return null;
    return {
      type: types.notNull(types.array(element)),
      coercions: args.map((arg) => withNullable(element, arg.type.nullable)),
    };
  },
  render: (args) => `[${args.join(', ')}]`,
};

const mapConstructor: ScalarFunction = {
  id: 'MAP',
  names: ['MAP'],
  signature: 'MAP[KEY, VALUE, …]',
  infer: inferMap,
  render: (args) => {
    const entries = args.flatMap((key, i) => (i % 2 === 0 ? [`${key}: ${args[i + 1]}`] : []));
    if (args.length > 2) {
      const pairs = args.flatMap((key, i) =>
        i % 2 === 0 ? [`struct_pack(k := ${key}, v := ${args[i + 1]})`] : [],
      );
      return mapOfEntries(`[${pairs.join(', ')}]`);
    }
    return `MAP {${entries.join(', ')}}`;
  },
};

function inferMap(args: readonly FunctionArgument[]): Inference {
  if (args.length === 0 || args.length % 2 !== 0) return null;
  const [key, value] = [0, 1].map((side) =>
    commonType(args.flatMap((a, i) => (i % 2 === side ? [a.type] : []))),
  );
  if (!key || !value || key.kind === 'NULL' || value.kind === 'NULL') return null;
  return {
    type: types.notNull(types.map(key, value)),
    coercions: args.map((arg, i) => withNullable(i % 2 === 0 ? key : value, arg.type.nullable)),
  };
}

const rowConstructor = define({
  id: 'ROW',
  parameters: [repeated(any)],
  result: (all) => types.row(all.map((type, i) => ({ name: `EXPR$${i}`, type }))),
  nulls: 'never',
  render: (args) =>
    `struct_pack(${args.map((arg, i) => `${quoteIdentifier(`EXPR$${i}`)} := ${arg}`).join(', ')})`,
});

/** Array elements count from 1; DuckDB would count negative ones from the end. */
const item: ScalarFunction = {
  id: 'ITEM',
  names: ['ITEM'],
  signature: 'ARRAY[INT] or MAP[KEY]',
  infer: ([base, key, ...rest]) => {
    if (base === undefined || key === undefined || rest.length > 0) return null;
    if (base.type.kind === 'ARRAY') return inferElement(base.type.element, key);
    if (base.type.kind !== 'MAP' || commonType([base.type.key, key.type]) === null) return null;
    return {
      type: withNullable(base.type.value, true),
      coercions: [null, withNullable(base.type.key, true)],
    };
  },
  render: ([base, key], { argumentTypes, literals }) => {
    const found = `${operand(base!)}[${key}]`;
    if (argumentTypes[0]!.kind === 'MAP' || typeof literals[1] === 'number') return found;
    const message = `'Array elements count from 1, but the index is ' || ${operand(key!)}`;
    return `${operand(base!)}[CASE WHEN ${operand(key!)} < 1 THEN error(${message}) ELSE ${key} END]`;
  },
};

function inferElement(element: DataType, index: FunctionArgument): Inference {
  const accepted = int.accept(index);
  if (accepted === null || (typeof index.literal === 'number' && index.literal < 1)) return null;
  return { type: withNullable(element, true), coercions: [null, accepted === 'same' ? null : accepted] };
}

const elementOf = (type: DataType): DataType => (type.kind === 'ARRAY' ? type.element : type);

/** A function of an array and a value of its element type. */
const withElement = (
  id: string,
  result: (array: DataType) => DataType,
  render: RenderCall,
): ScalarFunction => ({
  id,
  names: [id],
  signature: `${id}(ARRAY<T>, T)`,
  infer: ([list, value, ...rest]) => {
    if (list?.type.kind !== 'ARRAY' || value === undefined || rest.length > 0 || value.type.kind === 'NULL')
      return null;
    const common = commonType([list.type.element, value.type]);
    if (common === null || common.kind !== list.type.element.kind) return null;
    const nullable = list.type.nullable || value.type.nullable;
    return {
      type: withNullable(result(list.type), nullable),
      coercions: [null, withNullable(list.type.element, value.type.nullable)],
    };
  },
  render,
});

/** DuckDB joins only with a constant between; NULLs are left out unless something stands for them. */
const joined: RenderCall = ([list, separator, missing], { literals: [, constant] }) => {
  const filled = missing === undefined ? list! : `list_transform(${list}, lambda e: coalesce(e, ${missing}))`;
  if (typeof constant === 'string') return ifGiven(missing, `array_to_string(${filled}, ${separator})`);
  const present = `list_filter(${filled}, lambda e: e IS NOT NULL)`;
  const made = `list_reduce(${present}, lambda a, b: a || ${operand(separator!)} || b)`;
  return ifGiven(
    missing,
    `CASE WHEN ${operand(separator!)} IS NULL OR ${operand(list!)} IS NULL THEN NULL WHEN len(${present}) = 0 THEN '' ELSE ${made} END`,
  );
};

const ifGiven = (missing: string | undefined, sql: string): string =>
  missing === undefined ? sql : `CASE WHEN ${operand(missing)} IS NOT NULL THEN ${sql} END`;

/** Entries of this topic. */
export const collectionFunctions: readonly ScalarFunction[] = [
  arrayConstructor,
  mapConstructor,
  rowConstructor,
  item,
  define({
    id: 'CARDINALITY',
    parameters: [array],
    result: types.int(),
    render: ([a]) => castTo(`len(${a})`, 'INTEGER'),
  }),
  define({
    id: 'MAP_CARDINALITY',
    names: ['CARDINALITY'],
    parameters: [map],
    result: types.int(),
    render: ([a]) => castTo(`cardinality(${a})`, 'INTEGER'),
  }),
  withElement(
    'ARRAY_CONTAINS',
    () => types.boolean(),
    ([list, value]) => `len(list_filter(${list}, lambda e: e IS NOT DISTINCT FROM ${value})) > 0`,
  ),
  withElement(
    'ARRAY_POSITION',
    () => types.int(),
    ([list, value]) =>
      `CASE WHEN ${operand(list!)} IS NOT NULL AND ${operand(value!)} IS NOT NULL ` +
      `THEN coalesce(list_position(${list}, ${value}), 0) END`,
  ),
  define({ id: 'ARRAY_REVERSE', parameters: [array], result: ([a]) => a!, render: call('list_reverse') }),
  define({
    id: 'ARRAY_MAX',
    parameters: [array],
    result: ([a]) => elementOf(a!),
    nulls: 'always',
    render: call('list_max'),
  }),
  define({
    id: 'ARRAY_MIN',
    parameters: [array],
    result: ([a]) => elementOf(a!),
    nulls: 'always',
    render: call('list_min'),
  }),
  define({
    id: 'ARRAY_JOIN',
    parameters: [array, text, optional(text)],
    result: ([a]) => (['CHAR', 'VARCHAR', 'STRING'].includes(elementOf(a!).kind) ? types.string() : null),
    render: joined,
  }),
  define({
    id: 'MAP_KEYS',
    parameters: [map],
    result: ([a]) => (a!.kind === 'MAP' ? types.array(a!.key) : null),
    render: call('map_keys'),
  }),
  define({
    id: 'MAP_VALUES',
    parameters: [map],
    result: ([a]) => (a!.kind === 'MAP' ? types.array(a!.value) : null),
    render: call('map_values'),
  }),
];
