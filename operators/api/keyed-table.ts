/** What `keyBy` gives: rows by the values of some columns, for functions with state. */
import { BroadcastTable, ConnectedTables } from './connected-tables.js';
import type { Division } from './map-call.js';
import { type ProcessedTable, processed } from './processed-table.js';
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
  process<O extends object>(name: string, schema: TableSchema<O>): ProcessedTable<O> {
    const { table, division } = this.connected();
    return processed(table, name, schema, division as Division<never>);
  }

  /**
   * These rows and those of another table, for one function: `orders.keyBy('id').connect(payments.keyBy('order'))` has as many keys of
   * the same types on both sides; `payments.keyBy('card').connect(limits.broadcast())` shows `limits` to all keys.
   */
  connect<Q extends object>(other: KeyedTable<Q> | BroadcastTable<Q>): ConnectedTables {
    const second = other instanceof BroadcastTable ? { table: other.table, division: {} } : other.connected();
    return new ConnectedTables(this.connected(), { ...second, table: second.table as Table<never> });
  }

  private connected() {
    return { table: this.table as unknown as Table<never>, division: { partitionBy: this.keys } };
  }
}
