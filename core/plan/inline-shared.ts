/** Shared plans that only one reads after all are a part of their reader. */
import type { LogicalPlan } from './logical-plan.js';
import { inlined } from './plan-builders.js';
import { subqueryPlans } from './visit-expression.js';
import { expressionsOf, inputsOf, mapPlans } from './visit-plan.js';

/** Plans that are run together, with every `shared` node that is referred to once replaced by its input. */
export function inlineSingleUses(plans: readonly LogicalPlan[]): LogicalPlan[] {
  const uses = new Map<string, number>();
  const seen = new Set<string>();
  for (const plan of plans) countUses(plan, uses, seen);
  return plans.map((plan) => inline(plan, uses));
}

/** References inside a shared plan count once, however often the plan itself is referred to. */
function countUses(plan: LogicalPlan, uses: Map<string, number>, seen: Set<string>): void {
  if (plan.kind === 'shared') {
    uses.set(plan.id, (uses.get(plan.id) ?? 0) + 1);
    if (seen.has(plan.id)) return;
    seen.add(plan.id);
  }
  for (const input of inputsOf(plan)) countUses(input, uses, seen);
  for (const inner of expressionsOf(plan).flatMap(subqueryPlans)) countUses(inner, uses, seen);
}

function inline(plan: LogicalPlan, uses: ReadonlyMap<string, number>): LogicalPlan {
  const node = mapPlans(plan, (inner) => inline(inner, uses));
  if (node.kind !== 'shared' || uses.get(node.id) !== 1) return node;
  const isSame = node.columns.every(({ id }, i) => id === node.input.columns[i]!.id);
  return isSame ? node.input : inlined(node);
}
