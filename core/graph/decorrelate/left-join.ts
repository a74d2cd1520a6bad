/** The join that puts results of subqueries beside the rows they belong to. */
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { withNullable } from '../../types/types.js';

/** All rows of `left`; the columns of `right` are NULL where it has no row for them. */
export function joinedLeft(
  left: LogicalPlan,
  right: LogicalPlan,
  conditions: readonly Expression[],
): LogicalPlan {
  return {
    kind: 'join',
    type: 'left',
    left,
    right,
    condition: conjunction(conditions),
    columns: [...left.columns, ...right.columns.map(nullable)],
    span: left.span,
  };
}

/** A column of the right side as it is read above the join. */
export function nullable(column: PlanColumn): PlanColumn {
  return { ...column, type: withNullable(column.type, true) };
}
