/** The ordered list of rules and the loop that applies it. */
import type { ColumnIds } from './column-ids.js';
import type { Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import { liftPythonProjects } from './rules/lift-python-projects.js';
import { mergeProjects } from './rules/merge-projects.js';
import { pruneAll, pruneColumns } from './rules/prune-columns.js';
import { pushFilters } from './rules/push-filters.js';
import type { Rule } from './rules/rule.js';
import { shareOperands } from './rules/share-operands.js';
import { simplifyFilters } from './rules/simplify-filters.js';
import { rewriteExpression } from './visit-expression.js';
import { mapExpressions, mapInputs, somePlan } from './visit-plan.js';

/**
 * Filters first, as they change what is computed; pruning before merging, so that an unused column does not
 * keep two projections apart; lifting after merging, which makes the projections it looks for. What
 * aggregates share comes last: nothing merges it back.
 */
export const RULES: readonly Rule[] = [
  simplifyFilters,
  pushFilters,
  pruneColumns,
  mergeProjects,
  liftPythonProjects,
  mergeProjects,
  shareOperands,
  pruneColumns,
];

/**
 * The plan after all rules, its subqueries too: the same rows under the same column ids, computed with less.
 */
export function optimize(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  return optimizeAll([plan], ids)[0]!;
}

/** Plans that are run together, each as by `optimize`, with what they share. */
export function optimizeAll(plans: readonly LogicalPlan[], ids: ColumnIds): LogicalPlan[] {
  return RULES.reduce(
    (current, rule) =>
      rule === pruneColumns ? pruneAll(current, ids) : current.map((plan) => rule.apply(plan, ids)),
    plans.map((plan) => optimizeSubqueries(plan, ids)),
  );
}

function optimizeSubqueries(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  const inExpression = (expression: Expression) =>
    rewriteExpression(expression, (e) =>
      e.kind === 'subquery' ? { ...e, plan: optimizeSubquery(e.plan, ids) } : e,
    );
  return mapExpressions(
    mapInputs(plan, (input) => optimizeSubqueries(input, ids)),
    inExpression,
  );
}

/** A shared plan may be read outside too: what of it is needed, only pruning the whole query can tell. */
function optimizeSubquery(plan: LogicalPlan, ids: ColumnIds): LogicalPlan {
  const shares = somePlan(plan, (node) => node.kind === 'shared');
  const rules = shares ? RULES.filter((rule) => rule !== pruneColumns) : RULES;
  return rules.reduce((current, rule) => rule.apply(current, ids), optimizeSubqueries(plan, ids));
}
