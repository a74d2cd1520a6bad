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

/** A window whose edges are both among some columns, as event time: its first moment and its last millisecond. */
export interface WholeWindow {
  readonly start: Expression;
  readonly last: Expression;
}

/** The window among the columns, with `edgeOf` to say which edges they are; null where none is whole. */
export function wholeWindow(
  columns: readonly Expression[],
  edgeOf: (id: string) => WindowEdge | null,
): WholeWindow | null {
  const edges = columns.flatMap((column) => {
    const edge = column.kind === 'column' ? edgeOf(column.id) : null;
    return edge === null ? [] : [{ column, ...edge }];
  });
  for (const end of edges) {
    const start = end.edge === 'end' && edges.find(({ edge, of }) => edge === 'start' && of === end.of);
    if (!start) continue;
    const asTime = (edge: Expression) => (end.isLocal ? castTo(edge, types.timestampLtz(3)) : edge);
    return { start: asTime(start.column), last: asTime(shifted(end.column, -1)) };
  }
  return null;
}

/**
 * Where both edges of one window are among the columns: its last millisecond, as event time, out of its end. Null
 * where no window is whole.
 */
export function windowTimeOf(plan: LogicalPlan, columns: readonly Expression[]): Expression | null {
  return wholeWindow(columns, (id) => windowEdgeOf(plan, id))?.last ?? null;
}
