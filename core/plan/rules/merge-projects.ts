/** Makes one projection of two, so that chains of calls meet in one expression. */

import type { Expression } from '../expression.js';
import {
  callsPython,
  hasSubquery,
  hasVolatileCall,
  hasWindowCall,
  isNondeterministic,
  outerColumns,
} from '../expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../logical-plan.js';
import type { Project } from '../plan-builders.js';
import { substitute, substitutionOf } from '../substitute.js';
import { operandsOf, subqueryPlans } from '../visit-expression.js';
import { expressionsOf, inputsOf, mapInputs } from '../visit-plan.js';
import type { Rule } from './rule.js';

/** Expressions above this size are computed once and referred to, even where a copy would be allowed. */
const MAX_COPIED_SIZE = 40;

/**
 * Replaces a projection over a projection by one. An inner expression is copied into several places only
 * where that changes nothing: plain columns and constants, and deterministic Python calls, whose copies the
 * planner evaluates once.
 */
export const mergeProjects: Rule = { name: 'merge-projects', apply: (plan) => visit(plan) };

function visit(plan: LogicalPlan): LogicalPlan {
  const node = mapInputs(plan, visit);
  if (node.kind !== 'project' || node.input.kind !== 'project') return node;
  const inner = node.input;
  if (!canMerge(node, inner)) return node;
  const meaning = substitutionOf(inner);
  return {
    ...node,
    input: inner.input,
    columns: node.columns.map((column, i) => asPassedOn(column, node.expressions[i]!, inner)),
    expressions: node.expressions.map((expression) => substitute(expression, meaning)),
  };
}

/** A column that only passes one of `inner` on is event time, or an edge of a window, where that one is. */
function asPassedOn(column: PlanColumn, expression: Expression, inner: Project): PlanColumn {
  if (expression.kind !== 'column') return column;
  const passed = inner.columns.find(({ id }) => id === expression.id);
  if (passed === undefined) return column;
  const { rowtime, window } = passed;
  return {
    ...column,
    ...(rowtime === undefined ? {} : { rowtime }),
    ...(window === undefined ? {} : { window }),
  };
}

function canMerge(outer: Project, inner: Project): boolean {
  const uses = new Map<string, number>();
  for (const expression of outer.expressions) countUses(expression, uses);
  const outerWindow = outer.expressions.some(hasWindowCall);
  const inSubqueries = new Set(
    outer.expressions.flatMap(subqueryPlans).flatMap((plan) => [...outerColumns(plan)]),
  );
  return inner.expressions.every((expression, i) => {
    const count = uses.get(inner.columns[i]!.id) ?? 0;
    if (expression.kind === 'column' || expression.kind === 'literal') return true;
    if (hasWindowCall(expression))
      return count === 0 || (!outerWindow && isPlainlyUsed(outer, inner.columns[i]!.id));
    if (hasSubquery(expression)) return count <= 1 && !outerWindow;
    // SQL text may repeat an operand, so a volatile call keeps a column of its own.
    if (hasVolatileCall(expression)) return count === 0 || isPlainlyUsed(outer, inner.columns[i]!.id);
    // A call is made once for each row, and a subquery may have many.
    if (callsPython(expression) && inSubqueries.has(inner.columns[i]!.id)) return false;
    if (count <= 1) return true;
    return (
      callsPython(expression) &&
      !isNondeterministic(expression) &&
      sizeOf(expression) * count <= MAX_COPIED_SIZE
    );
  });
}

/** True where the outer projection uses the column as a whole output only, once. */
function isPlainlyUsed(outer: Project, id: string): boolean {
  const uses = new Map<string, number>();
  for (const expression of outer.expressions) countUses(expression, uses);
  return uses.get(id) === 1 && outer.expressions.some((e) => e.kind === 'column' && e.id === id);
}

/** A use inside a subquery may be evaluated many times and counts twice. */
function countUses(expression: Expression, uses: Map<string, number>): void {
  if (expression.kind === 'column') uses.set(expression.id, (uses.get(expression.id) ?? 0) + 1);
  for (const operand of operandsOf(expression)) countUses(operand, uses);
  for (const plan of expression.kind === 'subquery' ? subqueryPlans(expression) : [])
    countPlanUses(plan, uses);
}

function countPlanUses(plan: LogicalPlan, uses: Map<string, number>): void {
  for (const expression of expressionsOf(plan)) {
    countUses(expression, uses);
    countUses(expression, uses);
  }
  for (const input of inputsOf(plan)) countPlanUses(input, uses);
}

function sizeOf(expression: Expression): number {
  return operandsOf(expression).reduce((size, operand) => size + sizeOf(operand), 1);
}
