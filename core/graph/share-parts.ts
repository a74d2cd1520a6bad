/** What queries of a job compute alike is computed once. */
import { hasWindowCall } from '../plan/expression-facts.js';
import { hopGroupingOf } from '../plan/hop-grouping.js';
import { inlineSingleUses } from '../plan/inline-shared.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { isCheap, mustBeShared } from '../plan/plan-cost.js';
import { sharePlans } from '../plan/share-plans.js';
import { somePlan } from '../plan/visit-plan.js';
import { isMade } from './made-tables.js';
import type { PlanOptions } from './plan-options.js';

type PartOptions = Pick<PlanOptions, 'connectors' | 'ids' | 'mode' | 'sharing'>;

/**
 * The optimised plans with a `shared` node for each part that stands in them more than once. Within one query of a batch only for what
 * has to be computed once: DuckDB finds the rest by itself.
 */
export function shareParts(plans: readonly LogicalPlan[], options: PartOptions): readonly LogicalPlan[] {
  const { connectors, ids, mode, sharing } = options;
  if (sharing === 'none') return plans;
  const sharesDear = mode === 'streaming' || plans.length > 1;
  const isOfCore = (plan: LogicalPlan) => somePlan(plan, (node) => isMade(node, connectors));
  const isShared = (plan: LogicalPlan) => {
    if (plan.kind === 'shared' || plan.kind === 'scan') return false;
    return mustBeShared(plan) || isOfCore(plan) || (sharesDear && !isCheap(plan));
  };
  return inlineSingleUses(sharePlans(plans, ids, { isShared, isPartOf }));
}

/** Shapes that the planner of streams looks for as a whole. */
function isPartOf(top: LogicalPlan, plan: LogicalPlan): boolean {
  switch (top.kind) {
    case 'filter':
      return plan.kind === 'project' && plan.expressions.some(hasWindowCall);
    case 'limit':
      return plan.kind === 'sort';
    case 'watermark':
      return plan.kind === 'project' || plan.kind === 'scan';
    case 'map':
      return plan.kind === 'project' || plan.kind === 'set';
    case 'aggregate':
      return /^(filter|project|unnest)$/.test(plan.kind) && hopGroupingOf(top) !== null;
    default:
      return false;
  }
}
