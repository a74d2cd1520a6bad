/** GROUP BY with Python in its parts: in keys, arguments and filters, and aggregates written in Python. */

import { conjunction } from '../../plan/conjuncts.js';
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf, predicate } from '../../plan/expression-builders.js';
import { callsPython, isNondeterministic } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { type Aggregate, projectOf } from '../../plan/plan-builders.js';
import { aggregateOperands } from '../../plan/visit-plan.js';
import { withNullable } from '../../types/types.js';
import { leafOf } from '../boundary.js';
import { aggregateStage } from './aggregate-stage.js';
import { evaluateCalls } from './evaluate-calls.js';
import { unionOfSets } from './grouping-sets.js';
import { withPartialAggregates } from './partial-aggregates.js';
import { isRepeatable } from './repeatable.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';
import { splitPlan } from './split-plan.js';

/**
 * Aggregates of one kind (built-in, or Python of one group of workers) are made together; several kinds are
 * siblings over the same input, joined on their keys (NULL equals NULL).
 */
export function splitAggregate(context: SplitContext, node: Aggregate): SplitPlan {
  const ready = evaluateOperands(context, node);
  if (!ready.aggregates.some((aggregate) => aggregate.python))
    return { plan: withPartialAggregates(context, ready), known: NOTHING_KNOWN };
  const { groupingSets } = ready;
  if (groupingSets !== null) {
    const copies = inputsFor(context, ready, groupingSets.length);
    return {
      plan: unionOfSets(context, copies, (set) => groupedPlan(context, set)),
      known: NOTHING_KNOWN,
    };
  }
  return { plan: groupedPlan(context, ready), known: NOTHING_KNOWN };
}

/** A plain GROUP BY whose operands call no Python. */
function groupedPlan(context: SplitContext, node: Aggregate): LogicalPlan {
  const kinds = kindsOf(context, node);
  if (!node.aggregates.some((aggregate) => aggregate.python)) return node;
  return kinds.length === 1 ? aggregateStage(context, node) : joinSiblings(context, node, kinds);
}

/**
 * The node over an input in which every Python scalar call of its keys, arguments and filters is computed.
 */
function evaluateOperands(context: SplitContext, node: Aggregate): Aggregate {
  const guarded = { ...node, aggregates: node.aggregates.map(guardedByFilter) };
  const { input, expressions } = evaluateCalls(
    context,
    splitPlan(context, node.input),
    operandsOfAggregate(guarded),
  );
  return withOperands(guarded, input.plan, expressions);
}

/** `SUM(f(x)) FILTER (WHERE p)` calls f for the rows of p alone. A filter that could change between two looks is no guard. */
function guardedByFilter(aggregate: AggregateCall): AggregateCall {
  const { filter } = aggregate;
  if (filter === null || isNondeterministic(filter)) return aggregate;
  const guarded = (argument: Expression): Expression =>
    callsPython(argument)
      ? {
          kind: 'case',
          // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
          branches: [{ when: filter, then: argument }],
          otherwise: null,
          type: withNullable(argument.type, true),
          span: argument.span,
        }
      : argument;
  return { ...aggregate, arguments: aggregate.arguments.map(guarded) };
}

/** Positions of the aggregates, one list for each kind. */
function kindsOf(context: SplitContext, node: Aggregate): number[][] {
  const kinds = new Map<string, number[]>();
  node.aggregates.forEach((aggregate, i) => {
    const kind = kindOf(context, aggregate);
    kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
  });
  return [...kinds.values()];
}

function kindOf(context: SplitContext, aggregate: AggregateCall): string {
  if (!aggregate.python) return 'built-in';
  const order = JSON.stringify(aggregate.withinGroup, (key, value) => (key === 'span' ? undefined : value));
  return `${context.resourceGroupOf(aggregate.function)} ${order}`;
}

function joinSiblings(
  context: SplitContext,
  node: Aggregate,
  kinds: readonly (readonly number[])[],
): LogicalPlan {
  const inputs = inputsFor(context, node, kinds.length);
  const width = node.groups.length;
  const siblings = kinds.map((positions, i) => {
    const keys =
      i === 0
        ? node.columns.slice(0, width)
        : node.columns.slice(0, width).map((column) => context.ids.column(column.name, column.type));
    const sibling: Aggregate = {
      ...inputs[i]!,
      columns: [...keys, ...positions.map((position) => node.columns[width + position]!)],
      aggregates: positions.map((position) => inputs[i]!.aggregates[position]!),
    };
    return sibling.aggregates.some((aggregate) => aggregate.python)
      ? aggregateStage(context, sibling)
      : sibling;
  });
  const joined = siblings.reduce((left, right) => joinOnKeys(left, right, width));
  return projectOf(
    joined,
    node.columns,
    node.columns.map((column) => columnOf(column)),
  );
}

function joinOnKeys(left: LogicalPlan, right: LogicalPlan, width: number): LogicalPlan {
  const equal = left.columns
    .slice(0, width)
    .map((key, i) => predicate('IS NOT DISTINCT FROM', [columnOf(key), columnOf(right.columns[i]!)]));
  return {
    kind: 'join',
    type: 'inner',
    left,
    right,
    condition: conjunction(equal),
    columns: [...left.columns, ...right.columns],
    span: left.span,
  };
}

/**
 * The node once for each sibling: reading its input again where that gives the same rows at little cost (a
 * scan of files), else from one shared exchange.
 */
function inputsFor(context: SplitContext, node: Aggregate, count: number): Aggregate[] {
  if (isRepeatable(node.input)) return Array.from({ length: count }, () => node);
  const operands = operandsOfAggregate(node);
  const columns = operands.map((operand) => context.ids.column('operand', operand.type));
  const rows = columns.length === 0 ? node.input : projectOf(node.input, columns, operands);
  const boundary = context.add({ kind: 'shared', key: context.newKey(), input: rows, columns: rows.columns });
  const references = columns.map((column) => columnOf(column));
  return Array.from({ length: count }, () => withOperands(node, leafOf(boundary), references));
}

/** The node with its operands replaced, in the order of `operandsOfAggregate`. */
function withOperands(node: Aggregate, input: LogicalPlan, operands: readonly Expression[]): Aggregate {
  const rest = [...operands];
  const take = () => rest.shift()!;
  return {
    ...node,
    input,
    groups: node.groups.map(take),
    aggregates: node.aggregates.map((aggregate) => ({
      ...aggregate,
      arguments: aggregate.arguments.map(take),
      filter: aggregate.filter === null ? null : take(),
      withinGroup: aggregate.withinGroup.map((key) => ({ ...key, expression: take() })),
    })),
  };
}

function operandsOfAggregate(node: Aggregate): Expression[] {
  return [...node.groups, ...node.aggregates.flatMap(aggregateOperands)];
}
