/** Functions over tables and table aggregates: rows sorted by their keys, then one stage that goes through partitions. */
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn, SortKey } from '../../plan/logical-plan.js';
import { ascending, extendedBy, type MapNode, sortedBy } from '../../plan/plan-builders.js';
import { expressionsOf, mapExpressions } from '../../plan/visit-plan.js';
import { leafOf, type PlannedArgument } from '../boundary.js';
import { refusal } from '../refuse.js';
import { ColumnMaker } from './column-maker.js';
import { evaluateCalls } from './evaluate-calls.js';
import { planArgument } from './plan-steps.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';
import { splitPlan } from './split-plan.js';

/** One stage of one step. Without keys its input is cut nowhere, so that several workers share it. */
export function splitMap(context: SplitContext, plan: MapNode): SplitPlan {
  if (context.options.functions.declaration(plan.call.function)?.stateful === true) {
    throw refusal(
      'PLAN_UNSUPPORTED',
      `${plan.call.function} has state and timers: it runs in streaming mode only.`,
      { sql: context.options.sql, span: plan.call.span },
      "Run it with --mode streaming, or SET 'execution.runtime-mode' = 'streaming'.",
    );
  }
  const { input, expressions } = evaluateCalls(context, splitPlan(context, plan.input), expressionsOf(plan));
  const rest = [...expressions];
  const node = mapExpressions(plan, () => rest.shift()!) as MapNode;
  const width = node.keys?.length ?? 0;
  const maker = new ColumnMaker(context.ids);
  const keys = node.columns.slice(0, width);
  const step = {
    function: node.call.function,
    arguments: node.call.arguments.map((argument, i): PlannedArgument => {
      const name = `${node.call.function}_${i}`;
      if (argument.kind !== 'table') return planArgument(argument, null, name, maker);
      const { columns, names } = node.call.tables[argument.member]!;
      return {
        kind: 'table',
        member: argument.member,
        ids: columns.map((column) => maker.idFor(column, name)),
        names,
      };
    }),
    argumentNames: node.call.argumentNames,
    guard: null,
    filter: null,
    distinct: false,
    frame: null,
    resultType: node.call.type,
    results: node.columns.slice(width),
  };
  const order = node.order.map((key) => ({ ...key, expression: made(maker, key.expression, 'order') }));
  const tag = node.tag === null ? null : made(maker, node.tag, 'tag');
  const prepared = maker.build(withKeys(input, keys, node.keys ?? []));
  const sorting: SortKey[] = [
    ...keys.map(ascending),
    ...(tag === null ? [] : [{ expression: tag, descending: false, nullsFirst: true }]),
    ...order,
  ];
  const boundary = context.add({
    kind: 'python',
    key: context.newKey(),
    mode: 'map',
    input: sortedBy(prepared, sorting),
    columns: node.columns,
    steps: [step],
    outer: false,
    keys: node.keys === null ? null : keys.map((key) => key.id),
    tag: tag === null ? null : maker.idFor(tag, 'tag'),
    span: node.call.span,
  });
  return { plan: leafOf(boundary), known: NOTHING_KNOWN };
}

function made(maker: ColumnMaker, expression: Expression, name: string): Expression {
  return columnOf({ id: maker.idFor(expression, name), name, type: expression.type });
}

/** Keys keep their ids; one that a rule has replaced by its meaning is computed under its id again. */
function withKeys(input: SplitPlan, keys: readonly PlanColumn[], meanings: readonly Expression[]) {
  const replaced = keys
    .map((column, i) => ({ column, expression: meanings[i]! }))
    .filter(({ column, expression }) => expression.kind !== 'column' || expression.id !== column.id);
  return extendedBy(input.plan, replaced);
}
