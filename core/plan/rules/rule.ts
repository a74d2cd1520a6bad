/** What an optimiser rule is. */
import type { ColumnIds } from '../column-ids.js';
import type { LogicalPlan } from '../logical-plan.js';

/** A rewrite of a whole plan that keeps its rows, its column ids and the order its sorts give. */
export interface Rule {
  readonly name: string;
  apply(plan: LogicalPlan, ids: ColumnIds): LogicalPlan;
}
