/** Which values of a plan are the time at which a row is processed. */
import type { Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import { inputsOf } from './visit-plan.js';

/** True for what PROCTIME() gave, as a call over the rows of `plan` or as a column of it. */
export function isProcessingTime(plan: LogicalPlan, expression: Expression): boolean {
  if (expression.kind === 'call') return expression.function === 'CURRENT_TIMESTAMP';
  if (expression.kind !== 'column') return false;
  const position = plan.columns.findIndex(({ id }) => id === expression.id);
  if (position < 0) return false;
  if (plan.kind === 'project') return isProcessingTime(plan.input, plan.expressions[position]!);
  return inputsOf(plan).some((input) => isProcessingTime(input, expression));
}
