/** Computes once what several operands of an aggregate have in common. */
import type { ColumnIds } from '../column-ids.js';
import type { Expression } from '../expression.js';
import { columnOf } from '../expression-builders.js';
import { expressionKey } from '../expression-key.js';
import type { LogicalPlan } from '../logical-plan.js';
import { type Aggregate, extendedBy, type NamedExpression } from '../plan-builders.js';
import { mapOperands, operandsOf, someExpression } from '../visit-expression.js';
import { aggregateOperands, mapExpressions, mapInputs } from '../visit-plan.js';
import type { Rule } from './rule.js';

/**
 * `SUM(a * b), SUM(a * b * c)` read a column `a * b` of a projection below. Of DECIMAL sums, differences and products
 * only: they are dear, and never fail, so that nobody minds where they are computed.
 */
export const shareOperands: Rule = { name: 'share-operands', apply: visit };

function visit(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  const node = mapInputs(plan, (input) => visit(input, ids));
  return node.kind === 'aggregate' ? shared(node, ids) : node;
}

function shared(node: Aggregate, ids: ColumnIds): LogicalPlan {
  const uses = new Map<string, number>();
  for (const operand of node.aggregates.flatMap(aggregateOperands)) countUses(operand, uses);
  const added = new Map<string, NamedExpression>();
  const replace = (expression: Expression): Expression => {
    if (!isArithmetic(expression)) return mapOperands(expression, replace);
    const key = expressionKey(expression);
    if ((uses.get(key) ?? 0) < 2) return mapOperands(expression, replace);
    const known = added.get(key) ?? { column: ids.column('operand', expression.type), expression };
    added.set(key, known);
    return columnOf(known.column, expression.span);
  };
  const replaced = mapExpressions(node, replace) as Aggregate;
  if (added.size === 0) return node;
  return { ...replaced, groups: node.groups, input: extendedBy(node.input, [...added.values()]) };
}

function countUses(expression: Expression, uses: Map<string, number>): void {
  if (isArithmetic(expression)) {
    const key = expressionKey(expression);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  for (const operand of operandsOf(expression)) countUses(operand, uses);
}

/** True for `+ - *` of DECIMAL over columns and constants. */
function isArithmetic(expression: Expression): boolean {
  if (expression.kind !== 'call' || expression.type.kind !== 'DECIMAL') return false;
  const isPart = (e: Expression) =>
    e.kind === 'column' || e.kind === 'literal' || (e.kind === 'call' && /^[-+*]$/.test(e.function));
  return (
    !someExpression(expression, (e) => !isPart(e)) && someExpression(expression, (e) => e.kind === 'column')
  );
}
