/** The exchanges that a fragment reads become relations `input_0`, `input_1`, … */
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Scan } from '../../plan/plan-builders.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { mapExpressions, mapInputs } from '../../plan/visit-plan.js';
import { isLeaf } from '../boundary.js';

/**
 * The fragment with each leaf replaced, those in subqueries included; `replace` is called once for each
 * reference.
 */
export function mapLeaves(plan: LogicalPlan, replace: (leaf: Scan) => LogicalPlan): LogicalPlan {
  if (isLeaf(plan)) return replace(plan);
  const inSubqueries = (expression: Expression) =>
    rewriteExpression(expression, (e) =>
      e.kind === 'subquery' ? { ...e, plan: mapLeaves(e.plan, replace) } : e,
    );
  return mapExpressions(
    mapInputs(plan, (input) => mapLeaves(input, replace)),
    inSubqueries,
  );
}
