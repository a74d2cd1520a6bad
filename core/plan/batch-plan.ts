/** What is said of event time in a query means nothing where all rows are there at once. */
import type { ColumnIds } from './column-ids.js';
import type { LogicalPlan } from './logical-plan.js';
import { sessionsOfAll } from './time-window.js';
import { mapPlans } from './visit-plan.js';

/** The plan for rows that end: no watermarks, sessions by the rows before and after. */
export function batchPlan(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  const node = mapPlans(plan, (inner) => batchPlan(inner, ids));
  if (node.kind === 'watermark') return node.input;
  return node.kind === 'session' ? sessionsOfAll(node, ids) : node;
}
