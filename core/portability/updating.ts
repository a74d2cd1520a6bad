/** Whether rows of a stream change after they came. */
import type { LogicalPlan } from '../plan/logical-plan.js';
import { isTimeAttribute } from '../plan/time-attribute.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';
import { expressionsIn } from './visit.js';

/** True where the plan's rows may be updated or retracted, as Flink's planner sees it. */
export function isUpdating(plan: LogicalPlan): boolean {
  if (plan.kind === 'aggregate' && isOfWindow(plan)) return false;
  if (plan.kind === 'aggregate') {
    const isDistinct = plan.aggregates.length === 0 && plan.groupingSets === null;
    return !isDistinct || isUpdating(plan.input);
  }
  if (plan.kind === 'join' && isChangingJoin(plan)) return true;
  if (plan.kind === 'limit' && plan.input.kind === 'sort') return true;
  if (plan.kind === 'set' && plan.operator !== 'union') return true;
  if (plan.kind === 'filter' && isRanked(plan.input)) return true;
  return inputsOf(plan).some(isUpdating);
}

function isOfWindow({ groups, input }: Extract<LogicalPlan, { kind: 'aggregate' }>): boolean {
  const edges = groups.flatMap((group) => {
    const column = group.kind === 'column' ? edgeOf(input, group.id) : undefined;
    return column === undefined ? [] : [column];
  });
  return edges.includes('start') && edges.includes('end');
}

function edgeOf(plan: LogicalPlan, id: string): 'start' | 'end' | undefined {
  const own = plan.columns.find((column) => column.id === id)?.window?.edge;
  if (own !== undefined) return own;
  if (plan.kind === 'project') {
    const from = plan.expressions[plan.columns.findIndex((column) => column.id === id)];
    return from?.kind === 'column' ? edgeOf(plan.input, from.id) : undefined;
  }
  for (const input of inputsOf(plan)) {
    const found = input.columns.some((column) => column.id === id) ? edgeOf(input, id) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Outer and anti joins pad rows that may still find a partner, unless time says that none comes. */
function isChangingJoin(join: Extract<LogicalPlan, { kind: 'join' }>): boolean {
  if (join.type === 'inner' || join.type === 'semi') return false;
  const isTimed = (side: LogicalPlan) => side.columns.some((column) => isTimeAttribute(join, column.id));
  return !(isTimed(join.left) && isTimed(join.right));
}

function isRanked(plan: LogicalPlan): boolean {
  return expressionsOf(plan).some((expression) =>
    [...expressionsIn(expression)].some(
      (inner) => inner.kind === 'window_call' && inner.function === 'ROW_NUMBER',
    ),
  );
}
