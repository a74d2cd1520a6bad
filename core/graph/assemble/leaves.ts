/** The exchanges that a fragment reads become relations `input_0`, `input_1`, … */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Scan } from '../../plan/plan-builders.js';
import { mapPlans } from '../../plan/visit-plan.js';
import { isLeaf } from '../boundary.js';

/**
 * The fragment with each leaf replaced, those in subqueries included; `replace` is called once for each
 * reference.
 */
export function mapLeaves(plan: LogicalPlan, replace: (leaf: Scan) => LogicalPlan): LogicalPlan {
  if (isLeaf(plan)) return replace(plan);
  return mapPlans(plan, (inner) => mapLeaves(inner, replace));
}
