/** The columns of a table, in order, with the type of its records. */
import { ConfigurationError, type Column as TableColumn } from '../../core/index.js';
import type { ColumnTypes, RecordOf } from './column-type.js';
import type { InputOf } from './values.js';

declare const RECORD: unique symbol;

/** What `defineTable` makes: `R` is the record of a row. */
export interface TableSchema<R extends object> {
  readonly [RECORD]: R;
  readonly columns: readonly TableColumn[];
}

/** The record of a schema's rows. */
export type RowOf<S> = S extends TableSchema<infer R> ? R : never;

/** What `fromRecords` takes for a row: columns that can be NULL may be left out. */
export type RecordInput<R> = { readonly [K in keyof R as null extends R[K] ? never : K]: InputOf<R[K]> } & {
  readonly [K in keyof R as null extends R[K] ? K : never]?: InputOf<R[K]> | undefined;
};

/**
 * Declares columns: `defineTable({ id: t.bigint(), x: t.double().nullable() })`.
 * @throws {ConfigurationError} TABLE_EMPTY without columns
 */
export function defineTable<const C extends ColumnTypes>(columns: C): TableSchema<RecordOf<C>> {
  const declared = Object.entries(columns).map(([name, type]) => ({ name, type: type.dataType }));
  if (declared.length === 0) throw new ConfigurationError('TABLE_EMPTY', 'A table has at least one column.');
  return { columns: declared } as unknown as TableSchema<RecordOf<C>>;
}
