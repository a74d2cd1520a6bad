/** Which values of a plan are the time at which a row is processed. */
import type { Expression } from './expression.js';
import { columnOf } from './expression-builders.js';
import type { LogicalPlan, SortKey } from './logical-plan.js';
import { inlined } from './plan-builders.js';
import { isEventTime } from './time-attribute.js';
import { inputsOf } from './visit-plan.js';

/** True for what PROCTIME() gave, as a call over the rows of `plan` or as a column of it. */
export function isProcessingTime(plan: LogicalPlan, expression: Expression): boolean {
  if (expression.kind === 'call') return expression.function === 'PROCTIME';
  if (expression.kind !== 'column') return false;
  const position = plan.columns.findIndex(({ id }) => id === expression.id);
  if (position < 0) return false;
  const isOf = (input: LogicalPlan) => isProcessingTime(input, columnOf(input.columns[position]!));
  switch (plan.kind) {
    case 'project':
      return isProcessingTime(plan.input, plan.expressions[position]!);
    case 'watermark':
      // What has a watermark is event time, also where the clock gave it.
      return plan.rowtime !== expression.id && isProcessingTime(plan.input, expression);
    case 'set':
      return isOf(plan.left) && isOf(plan.right);
    case 'shared':
      return isProcessingTime(inlined(plan), expression);
    default:
      return inputsOf(plan).some((input) => isProcessingTime(input, expression));
  }
}

/** True for event time and for processing time: what rows of a stream can be in the order of. */
export function isAnyTime(plan: LogicalPlan, expression: Expression): boolean {
  return isProcessingTime(plan, expression) || isEventTime(plan, expression);
}

/** What ORDER BY says where processing time is among its keys. */
export interface ArrivalOrder {
  /** The keys before it. Those behind it say nothing more: what comes later is later by the clock. */
  readonly keys: readonly SortKey[];
  /** Of rows that are equal by `keys` the last that came is the first. */
  readonly isLatestFirst: boolean;
}

/** Null where no key is processing time over the rows of `input`. */
export function arrivalOrder(input: LogicalPlan, orderBy: readonly SortKey[]): ArrivalOrder | null {
  const place = orderBy.findIndex(({ expression }) => isProcessingTime(input, expression));
  if (place < 0) return null;
  return { keys: orderBy.slice(0, place), isLatestFirst: orderBy[place]!.descending };
}
