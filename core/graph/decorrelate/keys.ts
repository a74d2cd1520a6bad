/** Expressions over the outer values that a plan carries. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, predicate } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { substitute } from '../../plan/substitute.js';
import type { DependentContext } from './dependent-context.js';

/** The expression with the outer columns read from `keys`. */
export function inKeys(
  { outer }: DependentContext,
  expression: Expression,
  keys: readonly PlanColumn[],
): Expression {
  return substitute(expression, new Map(outer.columns.map((column, i) => [column.id, columnOf(keys[i]!)])));
}

/** The condition that two rows belong to the same outer values; NULL belongs to NULL. */
export function sameValues(left: readonly PlanColumn[], right: readonly PlanColumn[]): Expression[] {
  return left.map((key, i) => predicate('IS NOT DISTINCT FROM', [columnOf(key), columnOf(right[i]!)]));
}
