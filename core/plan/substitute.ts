/** Replaces column references by expressions, inside subqueries too. */
import type { Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import { rewriteExpression } from './visit-expression.js';
import { mapExpressions, mapInputs } from './visit-plan.js';

/** What each column id stands for; ids that are not in it stay. */
export type Substitution = ReadonlyMap<string, Expression>;

/** The expression with the columns replaced. */
export function substitute(expression: Expression, columns: Substitution): Expression {
  if (columns.size === 0) return expression;
  return rewriteExpression(expression, (e) => {
    if (e.kind === 'column') return standingAt(e, columns.get(e.id) ?? e);
    if (e.kind === 'subquery') return { ...e, plan: substituteInPlan(e.plan, columns) };
    return e;
  });
}

/** A column that stands for another one is written where that one was. */
function standingAt({ span }: Expression, replacement: Expression): Expression {
  return replacement.kind === 'column' && span !== null ? { ...replacement, span } : replacement;
}

/** The plan with the columns replaced in all its expressions. */
export function substituteInPlan(plan: LogicalPlan, columns: Substitution): LogicalPlan {
  const inner = mapInputs(plan, (input) => substituteInPlan(input, columns));
  return mapExpressions(inner, (expression) => substitute(expression, columns));
}

/** What the columns of a projection stand for. */
export function substitutionOf(project: Extract<LogicalPlan, { kind: 'project' }>): Substitution {
  return new Map(project.columns.map((column, i) => [column.id, project.expressions[i]!]));
}
