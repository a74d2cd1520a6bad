/** Questions about expressions that decide where they may be evaluated. */

import { isVolatile } from '../functions/builtins.js';
import type { Expression } from './expression.js';
import type { PythonWindowCall } from './expression-builders.js';
import type { LogicalPlan } from './logical-plan.js';
import { operandsOf, someExpression } from './visit-expression.js';
import { expressionsOf, inputsOf, somePlan } from './visit-plan.js';

/** True where a Python function is called, subqueries not counted. */
export function callsPython(expression: Expression): boolean {
  return someExpression(expression, (e) => e.kind === 'python_call' || isPythonWindow(e));
}

/** True for a Python aggregate with OVER. */
export function isPythonWindow(expression: Expression): expression is PythonWindowCall {
  return expression.kind === 'window_call' && expression.python !== null;
}

/** True where any part of the plan calls a Python function, aggregates and subqueries counted. */
export function planCallsPython(plan: LogicalPlan): boolean {
  return somePlan(
    plan,
    (node) =>
      node.kind === 'correlate' ||
      node.kind === 'map' ||
      expressionsOf(node).some(callsPython) ||
      (node.kind === 'aggregate' && node.aggregates.some((aggregate) => aggregate.python)),
  );
}

/** True for a call of a built-in that may differ from one evaluation to the next (RAND, UUID, NOW). */
export function isVolatileCall(expression: Expression): boolean {
  return expression.kind === 'call' && isVolatile(expression.function);
}

/** True where such a call is in the expression, subqueries not counted. */
export function hasVolatileCall(expression: Expression): boolean {
  return someExpression(expression, isVolatileCall);
}

/** True where evaluating twice may give two results: volatile built-ins, Python functions that say so. */
export function isNondeterministic(expression: Expression): boolean {
  return someExpression(
    expression,
    (e) => isVolatileCall(e) || (e.kind === 'python_call' && !e.deterministic),
  );
}

/** True where the expression needs all rows of its input at once. */
export function hasWindowCall(expression: Expression): boolean {
  return someExpression(expression, (e) => e.kind === 'window_call');
}

/** True where the expression has a subquery. */
export function hasSubquery(expression: Expression): boolean {
  return someExpression(expression, (e) => e.kind === 'subquery');
}

/** Ids of the columns that the expression reads, those that its subqueries read from outside included. */
export function referencedColumns(expression: Expression, into: Set<string> = new Set()): Set<string> {
  if (expression.kind === 'column') into.add(expression.id);
  if (expression.kind === 'subquery') for (const id of outerColumns(expression.plan)) into.add(id);
  for (const operand of operandsOf(expression)) referencedColumns(operand, into);
  return into;
}

/**
 * Ids that the plan reads and does not produce itself: columns of an enclosing query. What is inside an input is no column for those who
 * read it: a shared plan, which stands in several places, has the same ids in each.
 */
export function outerColumns(plan: LogicalPlan): Set<string> {
  const inputs = inputsOf(plan);
  const known = new Set([plan, ...inputs].flatMap(({ columns }) => columns.map(({ id }) => id)));
  const read = new Set<string>();
  for (const expression of expressionsOf(plan)) referencedColumns(expression, read);
  for (const input of inputs) for (const id of outerColumns(input)) read.add(id);
  for (const id of known) read.delete(id);
  return read;
}
