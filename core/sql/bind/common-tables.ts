/** WITH: common table expressions. */
import { hasWindowCall, isNondeterministic, planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { inlined, type Shared } from '../../plan/plan-builders.js';
import { subqueryPlans } from '../../plan/visit-expression.js';
import { expressionsOf, inputsOf, mapPlans, somePlan } from '../../plan/visit-plan.js';
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

/** The plan with every `shared` node that is referred to once replaced by its input. */
export function inlineSingleUses(plan: LogicalPlan): LogicalPlan {
  const uses = new Map<string, number>();
  countUses(plan, uses, new Set());
  return inline(plan, uses);
}

/**
 * True where all references read the same computed rows. A batch also computes once what is dear; in a stream, where
 * that would tie all readers to the pace of the slowest, each has operators of its own.
 */
function isShared(context: BindContext, plan: LogicalPlan): boolean {
  if (mustBeShared(plan)) return true;
  return context.streaming !== true && !isCheap(plan);
}

/** True for rows of a table, filtered and computed row by row: reading them again lets each reader filter first. */
function isCheap(plan: LogicalPlan): boolean {
  return !somePlan(plan, (node) => !CHEAP.has(node.kind) || expressionsOf(node).some(hasWindowCall));
}

const CHEAP: ReadonlySet<LogicalPlan['kind']> = new Set(['scan', 'values', 'project', 'filter']);

/** True where computing its rows twice would call a function twice, or give other rows. */
export function mustBeShared(plan: LogicalPlan): boolean {
  return planCallsPython(plan) || somePlan(plan, (node) => expressionsOf(node).some(isNondeterministic));
}

/** References inside a shared plan count once, however often the plan itself is referred to. */
function countUses(plan: LogicalPlan, uses: Map<string, number>, seen: Set<string>): void {
  if (plan.kind === 'shared') {
    uses.set(plan.id, (uses.get(plan.id) ?? 0) + 1);
    if (seen.has(plan.id)) return;
    seen.add(plan.id);
  }
  for (const input of inputsOf(plan)) countUses(input, uses, seen);
  for (const inner of expressionsOf(plan).flatMap(subqueryPlans)) countUses(inner, uses, seen);
}

function inline(plan: LogicalPlan, uses: ReadonlyMap<string, number>): LogicalPlan {
  const node = mapPlans(plan, (inner) => inline(inner, uses));
  return node.kind === 'shared' && uses.get(node.id) === 1 ? inlined(node) : node;
}
