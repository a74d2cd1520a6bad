/** Tables that DuckDB does not read by itself. */
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Scan } from '../plan/plan-builders.js';
import { type PlanOptions, traitsOf } from './plan-options.js';

/** True for rows that the core makes, is handed, or finds one file after the other. */
export function isMade(plan: LogicalPlan, connectors: PlanOptions['connectors']): plan is Scan {
  if (plan.kind !== 'scan') return false;
  const traits = traitsOf(connectors, plan.table);
  return traits?.source !== 'files' || !traits.bounded(plan.table);
}
