/** A query over a stream as its sink takes it. */
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn, QueryPlan } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { strictConflictOf } from '../../plan/strict-conflict.js';
import { upsertKeys } from '../../plan/upsert-keys.js';
import { inputsOf } from '../../plan/visit-plan.js';
import { type Changes, type PlanOptions, traitsOf } from '../plan-options.js';
import { checkConflictSink } from './conflict-sinks.js';
import { streamContext } from './plan-stream.js';
import { operatorOver, passedOn, type Relation, refuseInStream, type StreamContext } from './relation.js';

/** Its columns are those of the query, and after them the kind of change where rows may change. */
export interface StreamQuery {
  readonly plan: LogicalPlan;
  readonly change: PlanColumn | null;
}

/** @throws {PlanError} PLAN_STREAMING where the query cannot run over rows that keep coming. */
export function planStreamQuery(
  query: QueryPlan,
  root: LogicalPlan,
  options: PlanOptions,
  shared: StreamContext['shared'],
): StreamQuery {
  const context = streamContext(options, shared);
  const planned = context.plan(root);
  checkConflictSink(query, planned.change !== null, options);
  const isResult = query.sink.kind === 'collect' && options.isBounded;
  const final = isResult && (planned.change !== null || planned.order.length > 0);
  const { plan, change } = final
    ? materialized(context, planned, root)
    : upserted(context, query, planned, root);
  if (change !== null && takenBy(query, options) === 'insert') {
    refuseInStream(
      context,
      `Writing rows that change later to table ${tableName(query)}`,
      root,
      'Write them to a table that takes changes (docs/connectors.md), or group by windows of time, whose results are final.',
    );
  }
  const columns = change === null ? root.columns : [...root.columns, change];
  return {
    plan: projectOf(
      plan,
      columns,
      columns.map((column) => columnOf(column)),
    ),
    change,
  };
}

/** What is left when the input has ended. */
function materialized(context: StreamContext, relation: Relation, root: LogicalPlan): Relation {
  const order = relation.order;
  const ids = new Set([...root.columns.map((column) => column.id), ...order.map((key) => key.column)]);
  const columns = relation.plan.columns.filter((column) => ids.has(column.id));
  return operatorOver(context, [relation], { kind: 'materialize', order }, passedOn(columns), false);
}

/**
 * Rows of a table whose primary key is not the key by which they change are remembered under it: one that goes may not be the
 * one in force.
 */
function upserted(context: StreamContext, query: QueryPlan, relation: Relation, root: LogicalPlan): Relation {
  const { upsertMaterialize = 'auto' } = context.options;
  const { sink } = query;
  const strict = strictConflictOf(sink);
  if (strict !== null) checkTimes(context, root, strict.behavior);
  const isTaking = sink.kind === 'table' && (strict !== null || takenBy(query, context.options) !== 'insert');
  const keys = isTaking ? primaryKeyOf(sink, root) : [];
  const isCovered = upsertKeys(root).some((key) => key.every((id) => keys.includes(id)));
  const isWanted =
    upsertMaterialize === 'force' || (upsertMaterialize === 'auto' && relation.change !== null && !isCovered);
  if (keys.length === 0) return relation;
  if (strict !== null && !isCovered && upsertMaterialize !== 'none') {
    const { path, primaryKey: names } = strict.table;
    const fails = strict.behavior === 'ERROR';
    const kind = { kind: 'conflict', keys, names, table: path.at(-1)!, fails } as const;
    return operatorOver(context, [relation], kind, passedOn(root.columns), true);
  }
  if (!isWanted) return relation;
  return operatorOver(context, [relation], { kind: 'upsert', keys }, passedOn(root.columns), true);
}

/** Rows of one moment may come in any order: which of them is the first is known when it has passed. */
function checkTimes(context: StreamContext, root: LogicalPlan, behavior: string): void {
  const untimed = untimedTable(root, false);
  if (untimed === null) return;
  refuseInStream(
    context,
    `ON CONFLICT DO ${behavior} over table ${untimed}, which has no WATERMARK,`,
    root,
    'Declare a WATERMARK for each table that is read, or write ON CONFLICT DO DEDUPLICATE.',
  );
}

function untimedTable(plan: LogicalPlan, isTimed: boolean): string | null {
  if (plan.kind === 'scan') return isTimed ? null : plan.table.path.at(-1)!;
  const below = inputsOf(plan).map((input) => untimedTable(input, isTimed || plan.kind === 'watermark'));
  return below.find((table) => table !== null) ?? null;
}

type TableSink = Extract<QueryPlan['sink'], { kind: 'table' }>;

function primaryKeyOf({ table }: TableSink, root: LogicalPlan): string[] {
  return table.primaryKey.map((name) => root.columns[table.columns.findIndex((c) => c.name === name)]!.id);
}

function takenBy({ sink }: QueryPlan, options: PlanOptions): Changes {
  if (sink.kind === 'collect') return 'all';
  return traitsOf(options.connectors, sink.table)?.takes?.(sink.table) ?? 'all';
}

function tableName({ sink }: QueryPlan): string {
  return sink.kind === 'table' ? sink.table.path.at(-1)! : 'result';
}
