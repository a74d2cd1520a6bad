/** Which tables ON CONFLICT is for: those in which a row takes the place of another one. */
import type { QueryPlan } from '../../plan/logical-plan.js';
import { type PlanOptions, traitsOf } from '../plan-options.js';
import { refusal } from '../refuse.js';

/**
 * @param isChanging rows of the query change, which some tables take as they come
 * @throws {PlanError} PLAN_UNSUPPORTED where Flink refuses ON CONFLICT too
 */
export function checkConflictSink(
  { sink, root }: QueryPlan,
  isChanging: boolean,
  options: PlanOptions,
): void {
  if (sink.kind !== 'table' || sink.onConflict === null) return;
  const { table } = sink;
  // What it takes of a table with a key: without one nothing can be in conflict.
  const keyed =
    table.primaryKey.length > 0 ? table : { ...table, primaryKey: table.columns.map(({ name }) => name) };
  const takes = traitsOf(options.connectors, table)?.takes?.(keyed) ?? (isChanging ? 'upsert' : 'insert');
  if (takes === 'upsert') return;
  const why =
    takes === 'insert'
      ? 'gets rows that are only added'
      : 'is told of each row that goes, also of one whose place another one takes';
  throw refusal(
    'PLAN_UNSUPPORTED',
    `ON CONFLICT is for tables in which a row takes the place of another one, and table ${table.path.at(-1)} ${why}.`,
    { sql: options.sql, span: root.span },
    'Leave ON CONFLICT out, or write to jdbc or upsert-kafka.',
  );
}
