/** The join that puts results of subqueries beside the rows they belong to. */
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
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
    columns: [
      ...left.columns,
      ...right.columns.map((column) => ({ ...column, type: withNullable(column.type, true) })),
    ],
    span: left.span,
  };
}
