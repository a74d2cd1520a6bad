/** What `groupBy` gives: rows appear when `select` says what each group becomes. */
import type { QueryNode } from '../../core/index.js';
import { Column } from './column.js';
import type { Expression } from './expression.js';
import { fromRelation, inputOf, type Relation } from './relation.js';
import { ownNode, type ProjectedRecord, type Projection, projected, type Row, rowOf } from './row.js';
import * as syntax from './syntax.js';
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

/** Groups of rows of `R` by keys of the record `K`. */
export class GroupedTable<R extends object, K extends object> {
  constructor(
    private readonly relation: Relation,
    private readonly keys: ((row: Row<R>) => Projection<'row'>) | null,
    private readonly derived: <D extends object>(query: QueryNode, columns: readonly string[]) => Table<D>,
    private readonly claimed: <D extends object>(query: QueryNode, schema: TableSchema<D>) => Table<D>,
  ) {}

  /**
   * Any number of rows for each group, by the Python table aggregate `name`:
   * `groupBy(r => ({ city: r.city })).flatAggregate('top2', r => [r.amount], defineTable({ … }))`.
   * `schema` names columns of the result: the keys and the function's own; it is checked before anything runs.
   */
  flatAggregate<O extends object>(
    name: string,
    args: (row: Row<R>) => readonly Expression<unknown, 'row'>[],
    schema: TableSchema<O>,
  ): Table<O> {
    const input = inputOf(this.relation, 't');
    const row = rowOf<R, 'row'>(input);
    const keys = this.keys === null ? [] : projected(this.keys(row), [input]);
    const items = [
      ...keys.map((key) => syntax.item(key.node, key.name)),
      ...args(row).map((arg, i) => syntax.item(ownNode(arg, [input], `Argument ${i + 1}`), `argument_${i}`)),
    ];
    const rows = syntax.query(syntax.select(items, fromRelation(this.relation, 't')));
    const table = syntax.tableArgument(
      rows,
      keys.map((key) => key.name),
      [],
    );
    const call = syntax.tableFunction(name, [syntax.argument(table)]);
    return this.claimed(syntax.query(syntax.select([], call)), schema);
  }

  /**
   * One row for each group: `select((key, r) => ({ origin: key.origin, flights: count(), late: sum(r.delay) }))`.
   * Columns of `r` stand inside aggregates only.
   */
  select<C extends Projection<'group'>>(
    project: (key: Row<K, 'group'>, row: Row<R>) => C,
  ): Table<ProjectedRecord<C>> {
    const input = inputOf(this.relation, 't');
    const row = rowOf<R, 'row'>(input);
    const keys = this.keys === null ? [] : projected(this.keys(row), [input]);
    const key = Object.fromEntries(
      keys.map(({ name, node }) => [name, new Column<unknown, 'group'>(node, [input])]),
    );
    const columns = projected(project(key as Row<K, 'group'>, row), [input]);
    return this.derived(
      syntax.query(
        syntax.select(
          columns.map(({ node, name }) => syntax.item(node, name)),
          fromRelation(this.relation, 't'),
          {
            groupBy: keys.map(({ node }) => node),
          },
        ),
      ),
      columns.map(({ name }) => name),
    );
  }
}
