/** The distinct combinations of outer values that a correlated subquery is computed for. */
import type { ColumnIds } from '../../plan/column-ids.js';
import { columnOf } from '../../plan/expression-builders.js';
import { planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { isRepeatable } from '../split/repeatable.js';

/** A plan that has the outer values in `keys`, in the order of `OuterValues.columns`. */
export interface Keyed {
  readonly plan: LogicalPlan;
  readonly keys: readonly PlanColumn[];
}

/** The outer rows, read twice: by the query itself, and once more for the values that its subquery reads. */
export class OuterValues {
  /** The rows of the query, under their own columns. */
  readonly rows: LogicalPlan;
  /** The columns of `rows` that the subquery reads. */
  readonly columns: readonly PlanColumn[];
  readonly #ids: ColumnIds;
  readonly #again: () => LogicalPlan;

  constructor(rows: LogicalPlan, columns: readonly PlanColumn[], ids: ColumnIds) {
    this.columns = columns;
    this.#ids = ids;
    if (!planCallsPython(rows) && isRepeatable(rows)) {
      this.rows = rows;
      this.#again = () => rows;
      return;
    }
    const id = ids.fresh('shared');
    const once = (): LogicalPlan => {
      const copies = rows.columns.map((column) => ids.column(column.name, column.type));
      const shared: LogicalPlan = { kind: 'shared', id, input: rows, columns: copies, span: rows.span };
      return projectOf(
        shared,
        rows.columns,
        copies.map((column) => columnOf(column)),
      );
    };
    this.rows = once();
    this.#again = once;
  }

  /** Each combination once, under columns of its own. */
  distinct(): Keyed {
    const keys = this.columns.map((column) => this.#ids.column(column.name, column.type));
    const values = projectOf(
      this.#again(),
      keys,
      this.columns.map((column) => columnOf(column)),
    );
    return { plan: { kind: 'distinct', input: values, columns: keys, span: values.span }, keys };
  }

  /** True for the id of a column that the subquery takes from outside. */
  has(id: string): boolean {
    return this.columns.some((column) => column.id === id);
  }
}
