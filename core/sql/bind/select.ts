/** SELECT. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { isNondeterministic } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan, PlanColumn, SortKey } from '../../plan/logical-plan.js';
import { filteredBy, narrowedTo, projectOf, sortedBy } from '../../plan/plan-builders.js';
import type { SelectNode } from '../ast.js';
import { AggregateCollector } from './aggregate-collector.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindCondition, bindExpression } from './expression.js';
import { type ExpressionContext, plainContext } from './expression-context.js';
import { findAggregate } from './find-aggregate.js';
import { bindFrom } from './from.js';
import { bindGroupBy, checkGroupingCalls, keyColumns, overGroups } from './group-by.js';
import { bindGroupWindow } from './group-window.js';
import { lookupRetries } from './lookup-hints.js';
import { outputColumn, sortKey } from './order-by.js';
import { limited, type QueryTail } from './query.js';
import { checkHints, groupTtl, stateTtls } from './query-hints.js';
import type { Scope } from './scope.js';
import { bindSelectList } from './select-list.js';
import { oneRow } from './values.js';
import { VolatileOperands } from './volatile-operands.js';

/** The plan of a SELECT with the ORDER BY and LIMIT of its query, which may sort by what is not selected. */
export function bindSelect(
  context: BindContext,
  node: SelectNode,
  parent: Scope | null,
  tail: QueryTail,
): LogicalPlan {
  const ttls = stateTtls(context, node.hints);
  const retries = lookupRetries(context, node.hints);
  const from =
    node.from === null
      ? { plan: oneRow(context), relations: [] }
      : bindFrom({ ...context, stateTtls: ttls, lookupRetries: retries }, node.from, parent);
  checkHints(context, node.hints, from.relations);
  const plain: Scope = { relations: from.relations, parent };
  const filtered =
    node.where === null
      ? from.plan
      : filteredBy(from.plan, [bindCondition(plainContext(context, plain, 'WHERE'), node.where)]);
  const { scope, rows } = bindGroupWindow(context, node.groupBy, plain, filtered);
  const parts = { ...bindParts(context, node, scope, tail), stateTtl: groupTtl(ttls, from.relations) };
  const { plan, rewrite } = grouped(context, node, scope, rows, parts);
  return finish(context, node, plan, parts, rewrite, tail);
}

/**
 * The expressions of a SELECT, over the rows of FROM; aggregates are references to the collector's columns.
 */
interface Parts {
  readonly outputs: readonly PlanColumn[];
  readonly expressions: readonly Expression[];
  readonly having: Expression | null;
  readonly qualify: Expression | null;
  /** For each item of ORDER BY the expression, or an output column. */
  readonly order: readonly { readonly expression: Expression; readonly isOutput: boolean }[];
  readonly aggregates: AggregateCollector | null;
  /** What volatile calls give to window functions. */
  readonly operands: VolatileOperands;
  /** How long groups are remembered, where a hint says it. */
  readonly stateTtl: ReturnType<typeof groupTtl>;
}

function bindParts(
  context: BindContext,
  node: SelectNode,
  scope: Scope,
  tail: QueryTail,
): Omit<Parts, 'stateTtl'> {
  const isAggregated =
    node.groupBy !== null ||
    node.having !== null ||
    findAggregate(context, [node.items, node.qualify, tail.orderBy]);
  const aggregates = isAggregated ? new AggregateCollector() : null;
  const operands = new VolatileOperands(context.ids);
  const at: ExpressionContext = {
    context,
    scope,
    aggregates,
    windows: node.windows,
    operands,
    clause: 'SELECT',
  };
  const list = bindSelectList(at, node.items);
  const outputs = list.map((item) => context.ids.column(item.name, item.expression.type));
  const order = tail.orderBy.map((item) => {
    const output = outputColumn(context, item.expression, outputs);
    const expression = output ?? bindExpression({ ...at, clause: 'ORDER BY' }, item.expression);
    return { expression, isOutput: output !== null };
  });
  return {
    outputs,
    expressions: list.map((item) => item.expression),
    having:
      node.having === null ? null : bindCondition({ ...at, windows: null, clause: 'HAVING' }, node.having),
    qualify:
      node.qualify === null
        ? null
        : bindCondition({ ...at, clause: 'QUALIFY', selected: list }, node.qualify),
    order,
    aggregates,
    operands,
  };
}

/** The grouped rows after HAVING, and how expressions over FROM become expressions over groups. */
function grouped(
  context: BindContext,
  node: SelectNode,
  scope: Scope,
  input: LogicalPlan,
  parts: Parts,
): { readonly plan: LogicalPlan; readonly rewrite: (expression: Expression) => Expression } {
  const { aggregates } = parts;
  if (aggregates === null) return { plan: input, rewrite: (expression) => expression };
  const grouping = bindGroupBy(context, node.groupBy, scope);
  checkGroupingCalls(context, grouping, aggregates.calls);
  const keys = keyColumns(context, grouping);
  const rewrite = overGroups(context, grouping, keys, input);
  const operands = new VolatileOperands(context.ids);
  const calls = aggregates.calls.map((call) => operands.ofCall(call));
  const plan: LogicalPlan = {
    kind: 'aggregate',
    input: operands.below(input, (expression) => expression),
    groups: grouping.keys,
    groupingSets: grouping.sets,
    aggregates: calls,
    ...parts.stateTtl,
    columns: [...keys, ...aggregates.columns],
    span: node.groupBy?.span ?? node.span,
  };
  return { plan: parts.having === null ? plan : filteredBy(plan, [rewrite(parts.having)]), rewrite };
}

/** Projection, QUALIFY, DISTINCT, ORDER BY, LIMIT; columns that only these need are dropped at the end. */
function finish(
  context: BindContext,
  node: SelectNode,
  input: LogicalPlan,
  parts: Parts,
  rewrite: (expression: Expression) => Expression,
  tail: QueryTail,
): LogicalPlan {
  const columns = [...parts.outputs];
  const expressions = parts.expressions.map(rewrite);
  const columnFor = (expression: Expression, name: string): Expression => {
    const known = isNondeterministic(expression)
      ? -1
      : expressions.findIndex((other) => expressionKey(other) === expressionKey(expression));
    if (known >= 0) return columnOf(columns[known]!, expression.span);
    if (node.distinct && name === 'sort') {
      const message = 'ORDER BY of a SELECT DISTINCT can only use what is selected.';
      throw bindError(context, 'SQL_INVALID', message, expression.span);
    }
    const column = context.ids.column(name, expression.type);
    columns.push(column);
    expressions.push(expression);
    return columnOf(column, expression.span);
  };
  const qualify = parts.qualify === null ? null : columnFor(rewrite(parts.qualify), 'qualify');
  const keys: SortKey[] = parts.order.map(({ expression, isOutput }, i) =>
    sortKey(tail.orderBy[i]!, isOutput ? expression : columnFor(rewrite(expression), 'sort')),
  );
  const below = parts.operands.below(input, rewrite);
  let plan: LogicalPlan = { ...projectOf(below, columns, expressions), span: node.span };
  if (qualify !== null) plan = filteredBy(plan, [qualify]);
  if (node.distinct) {
    const visible = narrowedTo(plan, parts.outputs);
    plan = {
      kind: 'distinct',
      input: visible,
      ...parts.stateTtl,
      columns: visible.columns,
      span: node.span,
    };
  }
  return narrowedTo(limited(sortedBy(plan, keys), tail), parts.outputs);
}
