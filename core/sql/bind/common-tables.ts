/** WITH: common table expressions. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Shared } from '../../plan/plan-builders.js';
import { isCheap, mustBeShared } from '../../plan/plan-cost.js';
import type { QueryNode } from '../ast.js';
import type { Span } from '../span.js';
import { named } from './alias.js';
import { type BindContext, bindError, type CommonTableBinding } from './bind-context.js';
import { bindQuery } from './query.js';

/** The context in which the query's body sees the names of its WITH list. */
export function withCommonTables(context: BindContext, node: QueryNode): BindContext {
  if (node.with.length === 0) return context;
  if (node.recursive) {
    throw bindError(context, 'SQL_UNSUPPORTED', 'WITH RECURSIVE is not supported.', node.span);
  }
  let current = context;
  for (const table of node.with) {
    const binding: CommonTableBinding = {
      query: table.query,
      columns: table.columns.map((column) => column.name),
      context: current,
      shared: null,
    };
    current = { ...current, commonTables: new Map([...current.commonTables, [table.name.name, binding]]) };
  }
  return current;
}

/** A reference to a common table: a `shared` node where its rows are computed once, else its query bound anew. */
export function bindCommonTable(context: BindContext, table: CommonTableBinding, span: Span): LogicalPlan {
  if (table.shared === null) {
    const plan = named(context, bindQuery(table.context, table.query, null), table.columns, span);
    if (!isShared(context, plan)) return plan;
    table.shared = { id: context.ids.fresh('shared'), plan };
  }
  return sharedRows(context, table.shared, span);
}

/**
 * The rows of a query that is read several times: one `shared` node where they are computed once; else `plan` the
 * first time, then bound anew.
 */
export function readRepeatedly(
  context: BindContext,
  plan: LogicalPlan,
  bind: () => LogicalPlan,
): () => LogicalPlan {
  if (isShared(context, plan)) {
    const shared = { id: context.ids.fresh('shared'), plan };
    return () => sharedRows(context, shared, plan.span);
  }
  let first: LogicalPlan | null = plan;
  return () => {
    const rows = first ?? bind();
    first = null;
    return rows;
  };
}

function sharedRows(
  context: BindContext,
  { id, plan }: NonNullable<CommonTableBinding['shared']>,
  span: Span | null,
): Shared {
  const columns = plan.columns.map((column) => context.ids.column(column.name, column.type));
  return { kind: 'shared', id, input: plan, columns, span };
}

/**
 * True where all references read the same computed rows. A batch also computes once what is dear; in a stream each reader filters and
 * prunes first, and what is still equal then is computed once.
 */
function isShared(context: BindContext, plan: LogicalPlan): boolean {
  if (mustBeShared(plan)) return true;
  return context.streaming !== true && !isCheap(plan);
}
