/** ORDER BY. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn, SortKey } from '../../plan/logical-plan.js';
import type { ExpressionNode, OrderItem } from '../ast.js';
import { type BindEnvironment, bindError } from './bind-context.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';

/** Keys over a scope. NULLs are lowest where the statement does not say: first ascending, last descending. */
export function bindSortKeys(at: ExpressionContext, items: readonly OrderItem[]): SortKey[] {
  return items.map((item) => sortKey(item, bindExpression(at, item.expression)));
}

/** The key of an item whose expression is bound. */
export function sortKey(item: OrderItem, expression: Expression): SortKey {
  const nullsFirst = item.nulls === null ? !item.descending : item.nulls === 'first';
  return { expression, descending: item.descending, nullsFirst };
}

/** The output column that an ordinal (`ORDER BY 2`) or an alias means; null for other expressions. */
export function outputColumn(
  environment: BindEnvironment,
  node: ExpressionNode,
  outputs: readonly PlanColumn[],
): Expression | null {
  if (node.kind === 'literal' && node.type === 'integer') {
    const position = Number(node.value);
    const column = outputs[position - 1];
    if (column !== undefined) return columnOf(column, node.span);
    const message = `ORDER BY ${node.value}: the query has ${outputs.length} column(s).`;
    throw bindError(environment, 'SQL_INVALID', message, node.span);
  }
  if (node.kind !== 'name' || node.parts.length !== 1) return null;
  const matches = outputs.filter((column) => column.name === node.parts[0]!.name);
  return matches.length === 1 ? columnOf(matches[0]!, node.span) : null;
}
