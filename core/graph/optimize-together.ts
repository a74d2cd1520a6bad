/** The plans of a job, made smaller together. */
import type { LogicalPlan } from '../plan/logical-plan.js';
import { optimizeAll } from '../plan/optimizer.js';
import type { PlanOptions } from './plan-options.js';
import { shareParts } from './share-parts.js';
import { shareTables } from './share-tables.js';

/** Plans that are run together after all rules, with what they have in common as `shared` nodes. */
export function optimizeTogether(
  plans: readonly LogicalPlan[],
  options: Pick<PlanOptions, 'connectors' | 'ids' | 'mode' | 'sharing'>,
): readonly LogicalPlan[] {
  return shareParts(optimizeAll(shareTables(plans, options), options.ids), options);
}
