/** Ids of plan columns: unique in one plan, readable in EXPLAIN and in the SQL that is rendered. */
import type { DataType } from '../types/data-type.js';
import type { PlanColumn } from './logical-plan.js';

/** Gives out column ids; one instance serves binder, rules and planner of a query. */
export class ColumnIds {
  #next = 1;

  /**
   * A new id: `name` reduced to letters, digits and `_`, with a number that no other id of this instance has.
   */
  fresh(name: string): string {
    const word = name.replaceAll(/[^A-Za-z0-9_]/g, '').slice(0, 40);
    return `${word === '' ? 'expr' : word}_${this.#next++}`;
  }

  /** A column with a new id. */
  column(name: string, type: DataType): PlanColumn {
    return { id: this.fresh(name), name, type };
  }
}
