/** What `keyBy` gives: rows by the values of some columns, for functions with state. */
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

/** Rows of `R` by key. */
export class KeyedTable<R extends object> {
  constructor(
    private readonly table: Table<R>,
    private readonly keys: readonly Extract<keyof R, string>[],
  ) {}

  /**
   * What a Python function with state and timers (`KeyedProcessFunction`) makes of the rows of each key, as a stream:
   * `payments.keyBy('card').process('jumps', defineTable({ card: t.string(), amount: t.int() }))`. `schema` names columns of
   * the result, which are the key and the function's own; it is checked before anything runs.
   */
  process<O extends object>(name: string, schema: TableSchema<O>): Table<O> {
    return this.table.map(name, schema, { partitionBy: this.keys });
  }
}
