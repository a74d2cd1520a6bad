/** Aggregates written in Python: rows sorted by their keys, then one stage that goes through whole groups. */
import type { AggregateCall } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, ascending, extendedBy, sortedBy } from '../../plan/plan-builders.js';
import { withNullable } from '../../types/types.js';
import { leafOf, type PlannedStep } from '../boundary.js';
import { ColumnMaker } from './column-maker.js';
import { planArgument } from './plan-steps.js';
import type { SplitContext } from './split-context.js';
import { hasTwoPhases, twoPhases } from './two-phases.js';

/**
 * The boundary's leaf for an aggregate node whose aggregates are all Python, of one group of workers, with
 * equal WITHIN GROUP. Its columns are the node's.
 */
export function aggregateStage(context: SplitContext, node: Aggregate): LogicalPlan {
  const width = node.groups.length;
  const keys = node.columns.slice(0, width);
  const keyed = extendedBy(
    node.input,
    keys.map((column, i) => ({ column, expression: node.groups[i]! })),
  );
  const maker = new ColumnMaker(context.ids);
  const steps = node.aggregates.map((aggregate, i) =>
    planAggregate(aggregate, node.columns[width + i]!, maker),
  );
  const order = node.aggregates[0]!.withinGroup.map((key) => ({
    ...key,
    expression: columnOf({
      id: maker.idFor(key.expression, 'order'),
      name: 'order',
      type: key.expression.type,
    }),
  }));
  const prepared = maker.build(keyed);
  if (hasTwoPhases(context, node)) return leafOf(twoPhases(context, node, prepared, keys, steps));
  const boundary = context.add({
    kind: 'python',
    key: context.newKey(),
    mode: 'aggregate',
    input: sortedBy(prepared, [...keys.map(ascending), ...order]),
    columns: node.columns,
    steps,
    outer: false,
    keys: keys.map((key) => key.id),
    tag: null,
    span: node.aggregates[0]!.span ?? node.span,
  });
  return leafOf(boundary);
}

function planAggregate(aggregate: AggregateCall, column: PlanColumn, maker: ColumnMaker): PlannedStep {
  return {
    function: aggregate.function,
    arguments: aggregate.arguments.map((argument, i) =>
      planArgument(argument, null, `${aggregate.function}_${i}`, maker),
    ),
    argumentNames: aggregate.argumentNames,
    guard: null,
    filter: aggregate.filter === null ? null : maker.idFor(aggregate.filter, `${aggregate.function}_filter`),
    distinct: aggregate.distinct,
    frame: null,
    resultType: withNullable(aggregate.type, true),
    results: [column],
  };
}
