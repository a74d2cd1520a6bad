/** What a LATERAL query computes from each single row, or joins with it, needs no distinct values. */

import { columnOf } from '../../plan/expression-builders.js';
import { hasWindowCall, outerColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { extendedBy, projectOf } from '../../plan/plan-builders.js';

/** The rows of `left`, each with the rows of `right` for it: `right`'s steps over an inner join; null where they need more. */
export function stackedOn(left: LogicalPlan, right: LogicalPlan): LogicalPlan | null {
  if (right.kind === 'values' && right.rows.length === 1) {
    const row = right.rows[0]!;
    return extendedBy(
      left,
      right.columns.map((column, i) => ({ column, expression: row[i]! })),
    );
  }
  if (outerColumns(right).size === 0) {
    return {
      kind: 'join',
      type: 'inner',
      left,
      right,
      condition: null,
      columns: [...left.columns, ...right.columns],
      span: right.span,
    };
  }
  switch (right.kind) {
    case 'project': {
      const input = right.expressions.some(hasWindowCall) ? null : stackedOn(left, right.input);
      if (input === null) return null;
      const kept = left.columns.map((column) => columnOf(column));
      return projectOf(input, [...left.columns, ...right.columns], [...kept, ...right.expressions]);
    }
    case 'filter': {
      const input = stackedOn(left, right.input);
      return input === null ? null : { ...right, input, columns: input.columns };
    }
    case 'unnest':
    case 'correlate': {
      const input = stackedOn(left, right.input);
      const added = right.columns.slice(right.input.columns.length);
      return input === null ? null : { ...right, input, columns: [...input.columns, ...added] };
    }
    default:
      return null;
  }
}
