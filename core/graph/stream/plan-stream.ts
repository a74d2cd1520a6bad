/**
 * Plans for rows that keep coming: what needs to remember rows becomes operators of the core, the rest stays as it is
 * and runs batch by batch.
 */

import { columnOf } from '../../plan/expression-builders.js';
import { hasSubquery, hasWindowCall, isNondeterministic } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Correlate, Filter, Project } from '../../plan/plan-builders.js';
import { expressionsOf } from '../../plan/visit-plan.js';
import type { PlanOptions } from '../plan-options.js';
import {
  CLOCK_TYPE,
  insertions,
  operatorOver,
  passedOn,
  projected,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { withSplits } from './splits.js';
import { streamAggregate } from './stream-aggregate.js';
import { streamArrival } from './stream-arrival.js';
import { streamJoin } from './stream-join.js';
import { streamLookup } from './stream-lookup.js';
import { streamOver } from './stream-over.js';
import { isProcess, streamProcess } from './stream-process.js';
import { streamRank } from './stream-rank.js';
import { streamScan } from './stream-scan.js';
import { streamSession } from './stream-session.js';
import { streamSet } from './stream-set.js';
import { streamShared } from './stream-shared.js';
import { streamLimit, streamSort } from './stream-sort.js';
import { streamTemporalJoin } from './stream-temporal-join.js';
import { watermarkOptions } from './watermark-options.js';

/** Its `plan` throws PLAN_STREAMING for a shape that cannot run over rows that keep coming. */
export function streamContext(options: PlanOptions, shared: StreamContext['shared']): StreamContext {
  const context: StreamContext = { options, shared, plan: (inner) => visit(context, inner) };
  return context;
}

function visit(context: StreamContext, plan: LogicalPlan): Relation {
  for (const expression of expressionsOf(plan)) {
    if (hasSubquery(expression)) refuseInStream(context, 'This subquery', { span: expression.span });
  }
  switch (plan.kind) {
    case 'scan':
      return streamScan(context, plan);
    case 'values':
      return insertions(plan);
    case 'project':
      if (plan.expressions.some(hasWindowCall)) return streamOver(context, plan);
      return project(context, context.plan(plan.input), plan);
    case 'filter': {
      const ranked = streamRank(context, plan);
      if (ranked !== null) return ranked;
      return filter(context, context.plan(plan.input), plan);
    }
    case 'watermark':
      return plan.byClock === true ? streamArrival(context, plan) : watermark(context, plan);
    case 'session':
      return streamSession(context, plan);
    case 'aggregate':
      return streamAggregate(context, plan);
    case 'distinct':
      return streamAggregate(context, asGrouping(plan));
    case 'join':
      return streamJoin(context, plan);
    case 'temporal_join':
      return streamTemporalJoin(context, plan);
    case 'lookup_join':
      return streamLookup(context, plan);
    case 'set':
      return streamSet(context, plan);
    case 'sort':
      return streamSort(context, plan);
    case 'limit':
      return streamLimit(context, plan);
    case 'correlate':
    case 'unnest': {
      const input = context.plan(plan.input);
      if (plan.kind === 'correlate') refuseUnsettled(context, input, plan);
      const own = plan.columns.slice(plan.input.columns.length);
      return { ...input, plan: { ...plan, input: input.plan, columns: [...input.plan.columns, ...own] } };
    }
    case 'map':
      if (isProcess(plan, context.options.functions)) return streamProcess(context, plan);
      if (plan.keys !== null) refuseInStream(context, 'A function over a partitioned table', plan);
      return insertions({ ...plan, input: insertionsOf(context, plan) });
    case 'shared':
      return streamShared(context, plan);
    case 'stream':
      return insertions(plan);
  }
}

/** Results that may differ each time are columns of their own first, where rows change. */
function project(context: StreamContext, input: Relation, { columns, expressions }: Project): Relation {
  if (input.change === null || !expressions.some(isNondeterministic)) {
    return projected(input, columns, expressions);
  }
  const { relation, ids } = withOperands(context, input, expressions);
  const made = ids.map((id, i) => columnOf({ ...columns[i]!, id, type: expressions[i]!.type }));
  return projected(relation, columns, made);
}

function filter(context: StreamContext, input: Relation, plan: Filter): Relation {
  const over = (relation: Relation, predicate: Filter['predicate']): Relation => ({
    ...relation,
    plan: { ...plan, input: relation.plan, predicate, columns: relation.plan.columns },
  });
  if (input.change === null || !isNondeterministic(plan.predicate)) return over(input, plan.predicate);
  const { relation, ids } = withOperands(context, input, [plan.predicate]);
  const { type, span } = plan.predicate;
  return over(relation, { kind: 'column', id: ids[0]!, type, span });
}

/** Its rows would have to be remembered, not values. */
function refuseUnsettled(context: StreamContext, input: Relation, { call, span }: Correlate): void {
  const name = call.function;
  if (input.change === null || context.options.functions.declaration(name)?.deterministic !== false) return;
  refuseInStream(
    context,
    `The table function ${name}, which is not deterministic, over rows that change`,
    { span },
    'Call it below the aggregate or join that changes its rows, or declare it deterministic.',
  );
}

function insertionsOf(context: StreamContext, plan: Extract<LogicalPlan, { kind: 'map' }>): LogicalPlan {
  const input = context.plan(plan.input);
  if (input.change !== null) refuseInStream(context, 'A function over a table whose rows change', plan);
  return input.plan;
}

function watermark(context: StreamContext, plan: Extract<LogicalPlan, { kind: 'watermark' }>): Relation {
  const divided = withSplits(context, plan.input);
  const input = context.plan(divided?.plan ?? plan.input);
  const { relation, ids } = withOperands(context, input, [plan.expression]);
  const table = tableBelow(plan.input);
  const operator = {
    kind: 'watermark',
    of: {
      table: table.path.at(-1)!,
      column: plan.columns.find(({ id }) => id === plan.rowtime)!.name,
    },
    rowtime: plan.rowtime,
    watermark: ids[0]!,
    split: divided?.split.id ?? null,
    options: watermarkOptions(table),
  } as const;
  const clock = context.options.ids.column('clock', CLOCK_TYPE);
  const { change } = relation;
  const passed = change === null ? plan.columns : [...plan.columns, change];
  const made = [...passedOn(passed), { column: clock, output: { kind: 'clock' } } as const];
  const watermarked = operatorOver(context, [relation], operator, made, false);
  return { ...watermarked, change, clock };
}

function tableBelow(plan: LogicalPlan): Parameters<typeof watermarkOptions>[0] {
  if (plan.kind === 'scan') return plan.table;
  return 'input' in plan ? tableBelow(plan.input) : { path: [''], options: {} };
}

function asGrouping(plan: Extract<LogicalPlan, { kind: 'distinct' }>) {
  return {
    kind: 'aggregate',
    input: plan.input,
    groups: plan.columns.map((column) => columnOf(column)),
    groupingSets: null,
    aggregates: [],
    ...(plan.stateTtlMs === undefined ? {} : { stateTtlMs: plan.stateTtlMs }),
    columns: plan.columns,
    span: plan.span,
  } as const;
}
