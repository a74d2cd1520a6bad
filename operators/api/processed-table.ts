/** What `process` gives: the rows of a function with state, and those that it gives beside them. */
import type { MapOptions } from './map-call.js';
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

/** The rows of the function's result. */
export type ProcessedTable<O extends object> = Table<O> & {
  /**
   * The rows that the function gives under an `OutputTag`: `jumps.getSideOutput('small', schema)`; `schema` as that of `process`. Read in one
   * statement, result and side outputs come of one run of the function.
   */
  getSideOutput<S extends object>(tag: string, schema: TableSchema<S>): Table<S>;
};

/** A call of the process function `name` over `table`. */
export function processed<O extends object>(
  table: Table<never>,
  name: string,
  schema: TableSchema<O>,
  options: MapOptions<never>,
): ProcessedTable<O> {
  return Object.assign(table.map(name, schema, options), {
    getSideOutput: <S extends object>(tag: string, sideSchema: TableSchema<S>) =>
      table.map(name, sideSchema, { ...options, arguments: { output_tag: tag } }),
  });
}
