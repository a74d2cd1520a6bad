/** What `connect` gives: two tables for one function with state. */
import type { Division } from './map-call.js';
import { type ProcessedTable, processed } from './processed-table.js';
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

/** A table of a process function, with its keys. */
export interface ConnectedTable {
  readonly table: Table<never>;
  readonly division: Division;
}

/** Rows of `R` that all keys of another table see: what `broadcast` of a table gives. */
export class BroadcastTable<R extends object> {
  /** @internal */
  constructor(readonly table: Table<R>) {}
}

/** Two tables: both by the same keys, or the second one seen by all keys of the first. */
export class ConnectedTables {
  /** @internal */
  constructor(
    private readonly first: ConnectedTable,
    private readonly second: ConnectedTable,
  ) {}

  /**
   * What a Python function of two tables (`KeyedCoProcessFunction`, `KeyedBroadcastProcessFunction`, `BroadcastProcessFunction`) makes
   * of their rows, as a stream. `schema` as that of `KeyedTable.process`.
   */
  process<O extends object>(name: string, schema: TableSchema<O>): ProcessedTable<O> {
    const { table, division } = this.first;
    return processed(table, name, schema, {
      ...(division as Division<never>),
      with: [{ table: this.second.table, ...this.second.division }],
    });
  }
}
