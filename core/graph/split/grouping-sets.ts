/** GROUPING SETS around Python aggregates: one GROUP BY for each set, their rows one below the other. */
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf, literalOf } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, projectOf } from '../../plan/plan-builders.js';
import { withNullable } from '../../types/types.js';
import type { SplitContext } from './split-context.js';

/**
 * @param copies The node once for each set, over the same rows.
 * @param grouped Makes a plan of a plain GROUP BY.
 */
export function unionOfSets(
  context: SplitContext,
  copies: readonly Aggregate[],
  grouped: (node: Aggregate) => LogicalPlan,
): LogicalPlan {
  const parts = copies.map((node, i) => oneSet(context, node, node.groupingSets![i]!, grouped));
  const columns = copies[0]!.columns;
  return parts.reduce((left, right, i) => ({
    kind: 'set',
    operator: 'union',
    all: true,
    left,
    right,
    columns:
      i === parts.length - 1 ? columns : columns.map(({ name, type }) => context.ids.column(name, type)),
    span: left.span,
  }));
}

function oneSet(
  context: SplitContext,
  node: Aggregate,
  set: readonly number[],
  grouped: (node: Aggregate) => LogicalPlan,
): LogicalPlan {
  const width = node.groups.length;
  const fresh = node.columns.map(({ name, type }) => context.ids.column(name, type));
  const real = node.aggregates.flatMap((call, i) => (call.function === 'GROUPING' ? [] : [i]));
  const plan = grouped({
    ...node,
    groups: set.map((position) => node.groups[position]!),
    groupingSets: null,
    aggregates: real.map((i) => node.aggregates[i]!),
    columns: [...set.map((position) => fresh[position]!), ...real.map((i) => fresh[width + i]!)],
  });
  const expressions = node.columns.map((column, i): Expression => {
    const call = node.aggregates[i - width];
    if (call?.function === 'GROUPING') return groupingOf(node, call, set);
    return i >= width || set.includes(i) ? columnOf(fresh[i]!) : missing(column);
  });
  return projectOf(
    plan,
    node.columns.map(({ name, type }) => context.ids.column(name, type)),
    expressions,
  );
}

function missing(column: PlanColumn): Expression {
  return literalOf(null, withNullable(column.type, true), null);
}

/** A bit for each argument, the first the highest: 1 where the set leaves it out. */
function groupingOf(node: Aggregate, call: AggregateCall, set: readonly number[]): Expression {
  const inSet = new Set(set.map((position) => expressionKey(node.groups[position]!)));
  const bits = call.arguments.map((argument) => (inSet.has(expressionKey(argument)) ? '0' : '1'));
  return literalOf(Number.parseInt(bits.join(''), 2), call.type, call.span);
}
