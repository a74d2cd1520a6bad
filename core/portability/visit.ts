/** Walks plans with all that is inside them. */
import type { Expression } from '../plan/expression.js';
import type { WindowCall } from '../plan/expression-builders.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { operandsOf, subqueryPlans } from '../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';

/** Every node of the plan, subqueries included, from the top. */
export function* nodesOf(plan: LogicalPlan): Generator<LogicalPlan> {
  yield plan;
  for (const input of inputsOf(plan)) yield* nodesOf(input);
  for (const expression of expressionsOf(plan))
    for (const inner of subqueryPlans(expression)) yield* nodesOf(inner);
}

/** Those that a filter is above: it makes a ranking a Top-N, which any order may have. */
export function filteredNodes(nodes: readonly LogicalPlan[]): ReadonlySet<LogicalPlan> {
  return new Set(nodes.flatMap((node) => (node.kind === 'filter' ? [...nodesOf(node.input)] : [])));
}

/** The expression and everything inside it, plans of subqueries left out. */
export function* expressionsIn(expression: Expression): Generator<Expression> {
  yield expression;
  for (const operand of operandsOf(expression)) yield* expressionsIn(operand);
}

/** Everything inside the expressions of a node. */
export function expressionsInNode(node: LogicalPlan): Expression[] {
  return expressionsOf(node).flatMap((expression) => [...expressionsIn(expression)]);
}

/** The calls with OVER of a node. */
export function windowCallsOf(node: LogicalPlan): WindowCall[] {
  return expressionsInNode(node).filter((inner) => inner.kind === 'window_call');
}

/** Every node of a syntax tree that has a `kind`. */
export function* syntaxIn(value: unknown): Generator<{ readonly kind: string }> {
  if (Array.isArray(value)) {
    for (const item of value) yield* syntaxIn(item);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if ('kind' in value && typeof value.kind === 'string') yield { ...value, kind: value.kind };
  for (const inner of Object.values(value)) yield* syntaxIn(inner);
}
