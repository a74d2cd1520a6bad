/** Which plans give the same rows when they are run twice. */
import { isVolatileCall } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { someExpression } from '../../plan/visit-expression.js';
import { expressionsOf, somePlan } from '../../plan/visit-plan.js';
import { isLeaf } from '../boundary.js';

/** True for scans of files with filters, projections and joins: nothing volatile, no exchange, no LIMIT. */
export function isRepeatable(plan: LogicalPlan): boolean {
  return !somePlan(
    plan,
    (node) =>
      isLeaf(node) ||
      node.kind === 'limit' ||
      expressionsOf(node).some((e) =>
        someExpression(e, (x) => isVolatileCall(x) || x.kind === 'window_call'),
      ),
  );
}
