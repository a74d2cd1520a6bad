/** Whole queries: WITH, the body, ORDER BY, LIMIT. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { sortedBy } from '../../plan/plan-builders.js';
import type { ExpressionNode, QueryBody, QueryNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { withCommonTables } from './common-tables.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { outputColumn, sortKey } from './order-by.js';
import { relationOf, type Scope } from './scope.js';
import { bindSelect } from './select.js';
import { bindSetOperation } from './set-operation.js';
import { bindTable } from './table-reference.js';
import { bindValues } from './values.js';

/** What comes after a query's body. */
export interface QueryTail {
  readonly orderBy: QueryNode['orderBy'];
  readonly limit: number | null;
  readonly offset: number;
}

/** No ORDER BY, no LIMIT. */
export const NO_TAIL: QueryTail = { orderBy: [], limit: null, offset: 0 };

/** The plan of a query; `parent` is the scope it may be correlated with. */
export function bindQuery(context: BindContext, node: QueryNode, parent: Scope | null): LogicalPlan {
  const inner = withCommonTables(context, node);
  const tail: QueryTail = {
    orderBy: node.orderBy,
    limit: node.limit === null ? null : bindCount(context, node.limit, 'LIMIT'),
    offset: node.offset === null ? 0 : bindCount(context, node.offset, 'OFFSET'),
  };
  if (node.body.kind === 'select') return bindSelect(inner, node.body, parent, tail);
  const plan = bindBody(inner, node.body, parent);
  return limited(sortedOutputs(inner, plan, parent, tail), tail);
}

/** The plan of a body without a tail of its own. */
export function bindBody(context: BindContext, body: QueryBody, parent: Scope | null): LogicalPlan {
  switch (body.kind) {
    case 'select':
      return bindSelect(context, body, parent, NO_TAIL);
    case 'values':
      return bindValues(context, body, parent);
    case 'set_operation':
      return bindSetOperation(context, body, parent);
    case 'table_query':
      return bindTable(context, body.name, [], body.span).plan;
    case 'query':
      return bindQuery(context, body, parent);
  }
}

/** The rows that LIMIT and OFFSET leave. */
export function limited(plan: LogicalPlan, tail: QueryTail): LogicalPlan {
  if (tail.limit === null && tail.offset === 0) return plan;
  const { limit: count, offset } = tail;
  return { kind: 'limit', input: plan, count, offset, columns: plan.columns, span: plan.span };
}

/** ORDER BY over a body that has outputs only (VALUES, set operations). */
function sortedOutputs(
  context: BindContext,
  plan: LogicalPlan,
  parent: Scope | null,
  tail: QueryTail,
): LogicalPlan {
  const scope: Scope = { relations: [relationOf(null, plan.columns)], parent };
  const at = plainContext(context, scope, 'ORDER BY');
  const keys = tail.orderBy.map((item) =>
    sortKey(
      item,
      outputColumn(context, item.expression, plan.columns) ?? bindExpression(at, item.expression),
    ),
  );
  return sortedBy(plan, keys);
}

function bindCount(context: BindContext, node: ExpressionNode, clause: string): number {
  if (node.kind === 'literal' && node.type === 'integer') {
    const count = Number(node.value);
    if (Number.isSafeInteger(count)) return count;
  }
  throw bindError(context, 'SQL_INVALID', `${clause} takes a whole number.`, node.span);
}
