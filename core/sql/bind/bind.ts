/** The doors of the binder: statements that run a query, from syntax to logical plans. */

import { columnOf } from '../../plan/expression-builders.js';
import { inlineSingleUses } from '../../plan/inline-shared.js';
import type { LogicalPlan, PlanColumn, QueryPlan } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import type {
  InsertStatement,
  ObjectName,
  QueryNode,
  QueryStatement,
  StatementSetStatement,
} from '../ast.js';
import { type BindEnvironment, rootContext } from './bind-context.js';
import { withKnownType } from './expression.js';
import { bindInsert } from './insert.js';
import { bindQuery } from './query.js';
import { checkStreamingOrder } from './streaming-order.js';
import { checkStreamingWindows } from './streaming-windows.js';
import { bindTable } from './table-reference.js';

/**
 * Binds a query, an INSERT or a statement set: one plan for each sink.
 * @throws {SqlError} with line and column for names, types and forms that are wrong.
 */
export function bindStatement(
  environment: BindEnvironment,
  statement: QueryStatement | InsertStatement | StatementSetStatement,
): QueryPlan[] {
  switch (statement.kind) {
    case 'query_statement':
      return [{ root: bindRoot(environment, statement.query), sink: { kind: 'collect' } }];
    case 'insert': {
      const plan = bindInsert(rootContext(environment), statement);
      const root = inlineSingleUses([plan.root])[0]!;
      if (environment.streaming) checkStreamingWindows(environment, root);
      return [{ ...plan, root }];
    }
    case 'statement_set':
      return statement.statements.flatMap((insert) => bindStatement(environment, insert));
  }
}

/**
 * A query by itself: names of its columns are unique, none is an untyped NULL. For SELECT, views, CREATE …
 * AS.
 */
export function bindRoot(environment: BindEnvironment, query: QueryNode): LogicalPlan {
  const plan = inlineSingleUses([bindQuery(rootContext(environment), query, null)])[0]!;
  if (environment.streaming) {
    checkStreamingOrder(environment, plan);
    checkStreamingWindows(environment, plan);
  }
  const columns = uniqueNames(plan.columns);
  if (!columns.some((column) => column.type.kind === 'NULL')) return { ...plan, columns };
  const expressions = plan.columns.map((column) => withKnownType(columnOf(column)));
  const typed = columns.map((column, i) => environment.ids.column(column.name, expressions[i]!.type));
  return projectOf(plan, typed, expressions);
}

/** The columns that a table or view has in a query. @throws {SqlError} */
export function bindRelation(environment: BindEnvironment, name: ObjectName): readonly PlanColumn[] {
  return bindTable(rootContext(environment), name, [], name.span).plan.columns;
}

/** A name that is taken gets the next free number: `a`, `a0`, `a1`. */
function uniqueNames(columns: readonly PlanColumn[]): PlanColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    for (let i = 0; taken.has(name); i++) name = `${column.name}${i}`;
    taken.add(name);
    return { ...column, name };
  });
}
