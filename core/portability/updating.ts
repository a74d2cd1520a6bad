/** Whether rows of a stream change after they came. */
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Join } from '../plan/plan-builders.js';
import { isAnyTime } from '../plan/processing-time.js';
import { isTimeAttribute } from '../plan/time-attribute.js';
import { inputsOf } from '../plan/visit-plan.js';
import { windowTimeOf } from '../plan/window-edges.js';
import { windowCallsOf } from './visit.js';

/** True where the plan's rows may be updated or retracted, as Flink's planner sees it. */
export function isUpdating(plan: LogicalPlan): boolean {
  if (plan.kind === 'aggregate') {
    if (windowTimeOf(plan.input, plan.groups) !== null) return false;
    const isDistinct = plan.aggregates.length === 0 && plan.groupingSets === null;
    return !isDistinct || isUpdating(plan.input);
  }
  if (plan.kind === 'join' && isChangingJoin(plan)) return true;
  if (plan.kind === 'limit' && plan.input.kind === 'sort') return true;
  if (plan.kind === 'set' && plan.operator !== 'union') return true;
  if (plan.kind === 'filter' && isRanked(plan.input)) return true;
  if (plan.kind === 'project' && isOverByValue(plan)) return true;
  return inputsOf(plan).some(isUpdating);
}

/** Outer and anti joins pad rows that may still find a partner, unless time says that none comes. */
function isChangingJoin(join: Join): boolean {
  if (join.type === 'inner' || join.type === 'semi') return false;
  const isTimed = (side: LogicalPlan) => side.columns.some((column) => isTimeAttribute(join, column.id));
  return !(isTimed(join.left) && isTimed(join.right));
}

/** With OVER in an order of values a row changes the results of those behind it. */
function isOverByValue(plan: Extract<LogicalPlan, { kind: 'project' }>): boolean {
  return windowCallsOf(plan).some(
    ({ orderBy: [key] }) => key === undefined || !isAnyTime(plan.input, key.expression),
  );
}

function isRanked(plan: LogicalPlan): boolean {
  return windowCallsOf(plan).some((call) => call.function === 'ROW_NUMBER');
}
