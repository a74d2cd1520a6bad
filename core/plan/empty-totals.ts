/** Totals over no rows, as Flink gives them. */
import type { ColumnIds } from './column-ids.js';
import type { Expression } from './expression.js';
import { trueLiteral } from './expression-builders.js';
import { outerColumns } from './expression-facts.js';
import type { LogicalPlan } from './logical-plan.js';
import { type Aggregate, narrowedTo } from './plan-builders.js';
import { rewriteExpression } from './visit-expression.js';
import { mapExpressions, mapInputs } from './visit-plan.js';

/**
 * The plan in which the empty grouping set of ROLLUP, CUBE and GROUPING SETS has no row over no rows. In a stream
 * (`streaming`) an aggregate without GROUP BY has none either: its first row comes with the first input. Correlated
 * subqueries keep theirs, and so does EXISTS, which does not look at it.
 */
export function omitEmptyTotals(plan: LogicalPlan, ids: ColumnIds, streaming: boolean): LogicalPlan {
  const inSubquery = (e: Expression): Expression => {
    if (e.kind !== 'subquery') return e;
    const keeps = outerColumns(e.plan).size > 0 || (e.form === 'exists' && isTotal(e.plan));
    return { ...e, plan: omitEmptyTotals(e.plan, ids, streaming && !keeps) };
  };
  const node = mapExpressions(
    mapInputs(plan, (input) => omitEmptyTotals(input, ids, streaming)),
    (expression) => rewriteExpression(expression, inSubquery),
  );
  if (node.kind !== 'aggregate') return node;
  const hasEmptySet = node.groupingSets?.some((set) => set.length === 0) === true;
  return hasEmptySet || (streaming && isTotal(node)) ? withConstantKey(node, ids) : node;
}

function isTotal(plan: LogicalPlan): boolean {
  if (plan.kind === 'project') return isTotal(plan.input);
  return plan.kind === 'aggregate' && plan.groups.length === 0 && plan.groupingSets === null;
}

/** A group that only rows can make. */
function withConstantKey(node: Aggregate, ids: ColumnIds): LogicalPlan {
  const width = node.groups.length;
  const key = ids.column('any', trueLiteral().type);
  const keyed: Aggregate = {
    ...node,
    groups: [...node.groups, trueLiteral()],
    groupingSets: node.groupingSets?.map((set) => [...set, width]) ?? null,
    columns: [...node.columns.slice(0, width), key, ...node.columns.slice(width)],
  };
  return narrowedTo(keyed, node.columns);
}
