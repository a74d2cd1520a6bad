/** How many rows a plan can give, as far as its shape says. */
import type { LogicalPlan } from './logical-plan.js';

/** An upper bound of the plan's rows; null where its data decides. */
export function mostRows(plan: LogicalPlan): number | null {
  switch (plan.kind) {
    case 'values':
      return plan.rows.length;
    case 'project':
    case 'filter':
    case 'sort':
    case 'distinct':
    case 'shared':
      return mostRows(plan.input);
    case 'limit':
      return least(mostRows(plan.input), plan.count);
    case 'aggregate':
      return plan.groups.every(({ kind }) => kind === 'literal') && plan.groupingSets === null ? 1 : null;
    default:
      return null;
  }
}

function least(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.min(left, right);
}
