/** Removes conditions that say nothing and joins conditions of neighbouring filters. */
import { conjunctsOf } from '../conjuncts.js';
import type { LogicalPlan } from '../logical-plan.js';
import { filteredBy } from '../plan-builders.js';
import { mapInputs } from '../visit-plan.js';
import type { Rule } from './rule.js';

/** `WHERE TRUE` goes; a filter over a filter becomes one with both conditions. */
export const simplifyFilters: Rule = { name: 'simplify-filters', apply: (plan) => visit(plan) };

function visit(plan: LogicalPlan): LogicalPlan {
  const node = mapInputs(plan, visit);
  if (node.kind !== 'filter') return node;
  const conjuncts = conjunctsOf(node.predicate);
  if (node.input.kind !== 'filter') return filteredBy(node.input, conjuncts);
  return filteredBy(node.input.input, [...conjunctsOf(node.input.predicate), ...conjuncts]);
}
