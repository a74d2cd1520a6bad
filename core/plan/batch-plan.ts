/** What is said of time and order in a query means nothing where all rows are there at once. */
import type { ColumnIds } from './column-ids.js';
import type { Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import { sessionsOfAll } from './time-window.js';
import { rewriteExpression } from './visit-expression.js';
import { mapExpressions, mapPlans } from './visit-plan.js';

/** The plan for rows that end: no watermarks, sessions by the rows before and after, and no frames of rows without an order. */
export function batchPlan(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  const inner = mapPlans(plan, (below) => batchPlan(below, ids));
  const node = mapExpressions(inner, (expression) => rewriteExpression(expression, withoutFrame));
  if (node.kind === 'watermark') return node.input;
  return node.kind === 'session' ? sessionsOfAll(node, ids) : node;
}

/** Without ORDER BY every row of the partition is in the frame of every other, as in Flink. */
function withoutFrame(expression: Expression): Expression {
  const isUnordered =
    expression.kind === 'window_call' && expression.python === null && expression.orderBy.length === 0;
  return isUnordered ? { ...expression, frame: null } : expression;
}
