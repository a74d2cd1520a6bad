/** Which plans are worth being computed once for several readers. */
import { hasWindowCall, isNondeterministic, planCallsPython } from './expression-facts.js';
import type { LogicalPlan } from './logical-plan.js';
import { expressionsOf, somePlan } from './visit-plan.js';

/** True for rows of a table, filtered and computed row by row: reading them again lets each reader filter first. */
export function isCheap(plan: LogicalPlan): boolean {
  return !somePlan(plan, (node) => !CHEAP.has(node.kind) || expressionsOf(node).some(hasWindowCall));
}

const CHEAP: ReadonlySet<LogicalPlan['kind']> = new Set(['scan', 'values', 'project', 'filter']);

/** True where computing its rows twice would call a function twice, or give other rows. */
export function mustBeShared(plan: LogicalPlan): boolean {
  return planCallsPython(plan) || somePlan(plan, (node) => expressionsOf(node).some(isNondeterministic));
}
