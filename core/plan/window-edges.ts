/** Which columns of a plan are edges of windows of time. */

import { types } from '../types/types.js';
import type { Expression } from './expression.js';
import { castTo } from './expression-builders.js';
import type { LogicalPlan, WindowEdge } from './logical-plan.js';
import { shifted } from './time-window.js';

/** The edge that a column is; null for every other column. */
export function windowEdgeOf(plan: LogicalPlan, id: string): WindowEdge | null {
  const position = plan.columns.findIndex((column) => column.id === id);
  const column = plan.columns[position];
  if (column === undefined) return null;
  const begins = column.window ?? null;
  const behind = (input: LogicalPlan, expression: Expression | undefined) =>
    expression?.kind === 'column' ? windowEdgeOf(input, expression.id) : null;
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'stream':
      return begins;
    case 'project':
      return behind(plan.input, plan.expressions[position]) ?? begins;
    case 'aggregate':
      return behind(plan.input, plan.groups[position]);
    case 'join':
    case 'temporal_join':
      return windowEdgeOf(plan.left, id) ?? windowEdgeOf(plan.right, id);
    case 'set': {
      const [left, right] = [plan.left, plan.right].map((side) =>
        windowEdgeOf(side, side.columns[position]!.id),
      );
      return right === null ? null : left!;
    }
    case 'shared':
      return windowEdgeOf(plan.input, plan.input.columns[position]!.id);
    default:
      return windowEdgeOf(plan.input, id) ?? begins;
  }
}

/**
 * Where both edges of one window are among the columns: its last millisecond, as event time, out of its end. Null
 * where no window is whole.
 */
export function windowTimeOf(plan: LogicalPlan, columns: readonly Expression[]): Expression | null {
  const edges = columns.flatMap((column) => {
    const edge = column.kind === 'column' ? windowEdgeOf(plan, column.id) : null;
    return edge === null ? [] : [{ column, edge }];
  });
  const end = edges.find(
    ({ edge }) =>
      edge.edge === 'end' && edges.some((other) => other.edge.edge === 'start' && other.edge.of === edge.of),
  );
  if (end === undefined) return null;
  const last = shifted(end.column, -1);
  return end.edge.isLocal ? castTo(last, types.timestampLtz(3)) : last;
}
