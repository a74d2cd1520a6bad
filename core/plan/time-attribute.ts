/** Which columns of a plan carry event time: what a WATERMARK is on, until a step of the query loses it. */
import { conjunctsOf } from './conjuncts.js';
import type { Expression } from './expression.js';
import { referencedColumns } from './expression-facts.js';
import type { LogicalPlan } from './logical-plan.js';
import type { Join } from './plan-builders.js';

/** True where the column is event time, as Flink's planner has it: a join that is not bounded in time makes it a plain column. */
export function isTimeAttribute(plan: LogicalPlan, id: string, above: readonly Expression[] = []): boolean {
  const position = plan.columns.findIndex((column) => column.id === id);
  const column = plan.columns[position];
  if (column === undefined) return false;
  switch (plan.kind) {
    case 'scan':
      return column.rowtime === true;
    case 'values':
    case 'stream':
      return false;
    case 'watermark':
      return id === plan.rowtime || (plan.byClock !== true && isTimeAttribute(plan.input, id));
    case 'session':
      return column.rowtime === true || isTimeAttribute(plan.input, id);
    case 'project': {
      const expression = plan.expressions[position]!;
      const isPassedOn = expression.kind === 'column' && expression.id === id;
      return (column.rowtime === true && !isPassedOn) || isEventTime(plan.input, expression);
    }
    case 'aggregate':
      return isEventTime(plan.input, plan.groups[position]);
    case 'filter':
      return isTimeAttribute(plan.input, id, conjunctsOf(plan.predicate));
    case 'join':
      return isJoinAttribute(plan, id, above);
    case 'temporal_join':
      return isTimeAttribute(plan.left, id) || isTimeAttribute(plan.right, id);
    case 'set':
      return [plan.left, plan.right].every((side) => isTimeAttribute(side, side.columns[position]!.id));
    case 'shared':
      return isTimeAttribute(plan.input, plan.input.columns[position]!.id);
    default:
      return isTimeAttribute(plan.input, id);
  }
}

/** True where the expression over the rows of `plan` is a column of event time. */
export function isEventTime(plan: LogicalPlan, expression: Expression | undefined): boolean {
  return expression?.kind === 'column' && isTimeAttribute(plan, expression.id);
}

function isJoinAttribute(join: Join, id: string, above: readonly Expression[]): boolean {
  if (join.type === 'semi' || join.type === 'anti') return isTimeAttribute(join.left, id);
  const side = join.left.columns.some((column) => column.id === id) ? join.left : join.right;
  return isTimeAttribute(side, id) && isBoundedInTime(join, [...conjunctsOf(join.condition), ...above]);
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '=']);

/** An interval join: event times of both sides are compared for equality, or from below and from above. */
function isBoundedInTime(join: Join, conjuncts: readonly Expression[]): boolean {
  const bounds = conjuncts.filter((conjunct) => {
    if (conjunct.kind !== 'call' || !COMPARISONS.has(conjunct.function)) return false;
    const read = [...referencedColumns(conjunct)];
    return (
      read.length === 2 &&
      [join.left, join.right].every((side) => read.some((id) => isTimeAttribute(side, id)))
    );
  });
  return bounds.length > 1 || bounds.some((bound) => bound.kind === 'call' && bound.function === '=');
}
