/** Functions that make maps. Of equal keys the last one stays, as in Flink; DuckDB would fail. */
import { operand } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';
import { define } from '../define.js';
import { array, constantText, map, optional, text } from '../parameter.js';
import type { ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';

type MapType = DataType & { readonly kind: 'MAP' };

/** The map of a list of `(k, v)`, which is written twice. DuckDB takes `x.k` for a column `x` before a parameter `x`. */
export function mapOfEntries(entries: string): string {
  const later = `list_filter(${operand(entries)}[i + 1:], lambda other_: other_.k IS NOT DISTINCT FROM entry_.k)`;
  return `map_from_entries(list_filter(${entries}, lambda entry_, i: len(${later}) = 0))`;
}

const listed = (sql: string): string =>
  `list_transform(map_entries(${sql}), lambda entry_: struct_pack(k := entry_.key, v := entry_.value))`;

const union: ScalarFunction = {
  id: 'MAP_UNION',
  names: ['MAP_UNION'],
  signature: 'MAP_UNION(MAP<K, V>, MAP<K, V>…)',
  infer: (args) => {
    if (args.length === 0 || !args.every(({ type }) => type.kind === 'MAP')) return null;
    const common = commonType(args.map(({ type }) => type));
    return common && { type: common, coercions: args.map(({ type }) => withNullable(common, type.nullable)) };
  },
  render: (args) => {
    if (args.length === 1) return args[0]!;
    const all = args.map(listed).reduce((made, each) => `list_concat(${made}, ${each})`);
    const present = args.map((arg) => `${operand(arg)} IS NOT NULL`).join(' AND ');
    return `CASE WHEN ${present} THEN ${mapOfEntries(all)} END`;
  },
};

/** Entries of this topic. */
export const mapFunctions: readonly ScalarFunction[] = [
  union,
  define({
    id: 'MAP_ENTRIES',
    parameters: [map],
    result: ([a]) => {
      const { key, value } = a as MapType;
      return types.array(
        types.row([
          { name: 'key', type: key },
          { name: 'value', type: value },
        ]),
      );
    },
    render: ([a]) => `map_entries(${a})`,
  }),
  define({
    id: 'MAP_FROM_ARRAYS',
    parameters: [array, array],
    result: ([keys, values]) =>
      keys?.kind === 'ARRAY' && values?.kind === 'ARRAY' ? types.map(keys.element, values.element) : null,
    render: ([keys, values], { failure }) => {
      const pairs = `list_transform(${keys}, lambda k, i: struct_pack(k := k, v := ${operand(values!)}[i]))`;
      const differ = failure(
        `'MAP_FROM_ARRAYS: there are ' || len(${keys}) || ' keys and ' || len(${values}) || ' values'`,
      );
      return (
        `CASE WHEN len(${keys}) <> len(${values}) THEN ${differ} ` +
        `WHEN ${operand(keys!)} IS NOT NULL AND ${operand(values!)} IS NOT NULL THEN ${mapOfEntries(pairs)} END`
      );
    },
  }),
  define({
    id: 'STR_TO_MAP',
    parameters: [text, optional(constantText), optional(constantText)],
    result: types.map(types.string(), types.string()),
    render: ([value, pairs = "','", parts = "'='"]) => hostCall('str_to_map', value!, pairs, parts),
  }),
];
