/** Names given to what stands in FROM. */
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import type { TableAlias } from '../ast.js';
import type { Span } from '../span.js';
import { type BindEnvironment, bindError } from './bind-context.js';
import { type Relation, relationOf } from './scope.js';

/** The plan with its columns renamed; unchanged without names. @throws {SqlError} where the counts differ. */
export function named(
  environment: BindEnvironment,
  plan: LogicalPlan,
  names: readonly string[],
  span: Span,
): LogicalPlan {
  return names.length === 0 ? plan : { ...plan, columns: renamed(environment, plan.columns, names, span) };
}

/** The columns under other names. @throws {SqlError} where the counts differ. */
export function renamed(
  environment: BindEnvironment,
  columns: readonly PlanColumn[],
  names: readonly string[],
  span: Span,
): PlanColumn[] {
  if (names.length !== columns.length) {
    const message = `${names.length} column name(s) are given for ${columns.length} column(s).`;
    throw bindError(environment, 'SQL_INVALID', message, span);
  }
  return columns.map((column, i) => ({ ...column, name: names[i]! }));
}

/** Columns as a relation under an alias, or under `name` (and `path`) without one. */
export function aliased(
  environment: BindEnvironment,
  columns: readonly PlanColumn[],
  alias: TableAlias | null,
  name: string | null,
  path: readonly string[] | null = null,
): Relation {
  if (alias === null) return relationOf(name, columns, path);
  const names = alias.columns.map((column) => column.name);
  const own = names.length === 0 ? columns : renamed(environment, columns, names, alias.span);
  return relationOf(alias.name.name, own);
}
