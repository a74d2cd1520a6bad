/** What the steps of one decorrelation share. */
import type { ColumnIds } from '../../plan/column-ids.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Keyed, OuterValues } from './outer-values.js';

/** The outer values, and how to go on below a node. */
export interface DependentContext {
  readonly outer: OuterValues;
  readonly ids: ColumnIds;
  /** The plan's rows for each combination of outer values: its columns, and the values in `keys`. */
  readonly forAll: (plan: LogicalPlan) => Keyed;
  /** Ends the rewriting with the error for this subquery. */
  readonly refuse: (why: string) => never;
}
