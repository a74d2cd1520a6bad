/** What `groupBy` gives: rows appear when `select` says what each group becomes. */
import type { QueryNode } from '../../core/index.js';
import { Column } from './column.js';
import { fromRelation, inputOf, type Relation } from './relation.js';
import { type ProjectedRecord, type Projection, projected, type Row, rowOf } from './row.js';
import * as syntax from './syntax.js';
import type { Table } from './table.js';

/** Groups of rows of `R` by keys of the record `K`. */
export class GroupedTable<R extends object, K extends object> {
  constructor(
    private readonly relation: Relation,
    private readonly keys: ((row: Row<R>) => Projection<'row'>) | null,
    private readonly derived: <D extends object>(query: QueryNode, columns: readonly string[]) => Table<D>,
  ) {}

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
