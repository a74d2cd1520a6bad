/** Windows of time over bounded rows, as plain plans: a row comes once for every window that it belongs to. */
import { WINDOW_BOUND, windowFloor, windowSeries } from '../functions/builtins/time-window.js';
import { types } from '../types/types.js';
import type { ColumnIds } from './column-ids.js';
import type { Expression, WindowFrame } from './expression.js';
import { type ColumnReference, castTo, columnOf, literalOf, predicate } from './expression-builders.js';
import type { LogicalPlan, PlanColumn, SortKey } from './logical-plan.js';
import { extendedBy, filteredBy, narrowedTo, type Session } from './plan-builders.js';

/**
 * How rows are assigned; lengths in milliseconds. Windows of TUMBLE, HOP and CUMULATE begin at `offset` after whole
 * numbers of their size (HOP: of its slide) since 1970. A session ends when no row came for longer than `gap`.
 */
export type TimeWindow =
  | { readonly kind: 'tumble'; readonly size: number; readonly offset: number }
  | { readonly kind: 'hop'; readonly slide: number; readonly size: number; readonly offset: number }
  | { readonly kind: 'cumulate'; readonly step: number; readonly size: number; readonly offset: number }
  | { readonly kind: 'session'; readonly gap: number; readonly partitionBy: readonly Expression[] };

/** The columns that a window adds: first moment, first moment after it, and its last millisecond, which is event time. */
export interface WindowBounds {
  readonly start: PlanColumn;
  readonly end: PlanColumn;
  readonly time: PlanColumn;
}

/** The input's columns, then the three of the window. Rows without a time are in no window. */
export function windowed(
  input: LogicalPlan,
  time: ColumnReference,
  window: TimeWindow,
  ids: ColumnIds,
): { readonly plan: LogicalPlan; readonly bounds: WindowBounds } {
  const timed = filteredBy(input, time.type.nullable ? [predicate('IS NOT NULL', [time])] : []);
  const isLocal = time.type.kind === 'TIMESTAMP_LTZ';
  const plainEnd = ids.column('window_end', WINDOW_BOUND);
  const edge = (column: PlanColumn, at: 'start' | 'end'): PlanColumn => ({
    ...column,
    window: { edge: at, of: plainEnd.id, isLocal },
  });
  const start = edge(ids.column('window_start', WINDOW_BOUND), 'start');
  const end = edge(plainEnd, 'end');
  const eventTime = isLocal ? types.notNull(types.timestampLtz(3)) : WINDOW_BOUND;
  const bounds = { start, end, time: { ...ids.column('window_time', eventTime), rowtime: true } };
  const columns = [...input.columns, start, end, bounds.time];
  if (window.kind === 'session') {
    const { gap, partitionBy } = window;
    return {
      plan: { kind: 'session', input: timed, time, gap, partitionBy, columns, span: input.span },
      bounds,
    };
  }
  const assigned = assign(timed, castTo(time, WINDOW_BOUND), window, bounds);
  const plan = extendedBy(assigned, [{ column: bounds.time, expression: lastMoment(bounds) }]);
  return { plan: narrowedTo(plan, columns), bounds };
}

/** The sessions of rows that end, without an operator of their own. */
export function sessionsOfAll(node: Session, ids: ColumnIds): LogicalPlan {
  const [start, end, time] = node.columns.slice(-3) as [PlanColumn, PlanColumn, PlanColumn];
  const window = { kind: 'session', gap: node.gap, partitionBy: node.partitionBy } as const;
  const assigned = sessions(node.input, castTo(node.time, WINDOW_BOUND), window, { start, end }, ids);
  const plan = extendedBy(assigned, [{ column: time, expression: lastMoment({ start, end, time }) }]);
  return narrowedTo(plan, node.columns);
}

/** The last millisecond of a window, as event time. */
function lastMoment({ end, time }: WindowBounds): Expression {
  const last = shifted(columnOf(end), -1);
  return time.type.kind === 'TIMESTAMP_LTZ' ? castTo(last, time.type) : last;
}

type Edges = Pick<WindowBounds, 'start' | 'end'>;

function assign(
  input: LogicalPlan,
  time: Expression,
  window: Exclude<TimeWindow, { kind: 'session' }>,
  edges: Edges,
): LogicalPlan {
  const { start, end } = edges;
  switch (window.kind) {
    case 'tumble': {
      const begun = extendedBy(input, [
        { column: start, expression: windowFloor(time, window.size, window.offset) },
      ]);
      return extendedBy(begun, [{ column: end, expression: shifted(columnOf(start), window.size) }]);
    }
    case 'hop': {
      const { slide, size, offset } = window;
      const first = shifted(windowFloor(shifted(time, -size), slide, offset), slide);
      const starts = windowSeries(first, windowFloor(time, slide, offset), slide);
      const begun = unnested(input, starts, start);
      return extendedBy(begun, [{ column: end, expression: shifted(columnOf(start), size) }]);
    }
    case 'cumulate': {
      const { step, size, offset } = window;
      const begun = extendedBy(input, [{ column: start, expression: windowFloor(time, size, offset) }]);
      const first = shifted(windowFloor(time, step, offset), step);
      return unnested(begun, windowSeries(first, shifted(columnOf(start), size), step), end);
    }
  }
}

function unnested(input: LogicalPlan, collection: Expression, element: PlanColumn): LogicalPlan {
  const columns = [...input.columns, element];
  return {
    kind: 'unnest',
    input,
    collection,
    withOrdinality: false,
    outer: false,
    columns,
    span: input.span,
  };
}

/** A row that comes more than the gap after the one before it begins a session; sessions that touch are one. */
function sessions(
  input: LogicalPlan,
  time: Expression,
  window: Extract<TimeWindow, { kind: 'session' }>,
  { start, end }: Edges,
  ids: ColumnIds,
): LogicalPlan {
  const at = ids.column('session_time', WINDOW_BOUND);
  const begins = ids.column('session_begins', types.notNull(types.int()));
  const session = ids.column('session', types.int());
  const { partitionBy, gap } = window;
  const over = (name: string, argument: Expression, keys: readonly Expression[], order: readonly SortKey[]) =>
    ({
      kind: 'window_call',
      function: name,
      arguments: [argument],
      partitionBy: keys,
      orderBy: order,
      frame: name === 'SUM' ? UP_TO_HERE : null,
      distinct: false,
      python: null,
      type: argument.type,
      span: null,
    }) as const;
  const byTime: SortKey[] = [{ expression: columnOf(at), descending: false, nullsFirst: true }];
  const before = over('LAG', columnOf(at), partitionBy, byTime);
  const isNew = predicate('IS TRUE', [predicate('>', [columnOf(at), shifted(before, gap)])]);
  const timed = extendedBy(input, [{ column: at, expression: time }]);
  const flagged = extendedBy(timed, [{ column: begins, expression: castTo(isNew, begins.type) }]);
  const numbered = extendedBy(flagged, [
    { column: session, expression: over('SUM', columnOf(begins), partitionBy, byTime) },
  ]);
  const keys = [...partitionBy, columnOf(session)];
  const last = over('MAX', columnOf(at), keys, []);
  return extendedBy(numbered, [
    { column: start, expression: over('MIN', columnOf(at), keys, []) },
    { column: end, expression: shifted(last, gap) },
  ]);
}

const UP_TO_HERE: WindowFrame = {
  unit: 'RANGE',
  start: { kind: 'unbounded_preceding' },
  end: { kind: 'current_row' },
};

/** `time` moved by milliseconds. */
export function shifted(time: Expression, by: number): Expression {
  const length = literalOf(String(by), types.notNull(types.intervalDayTime()));
  return {
    kind: 'call',
    function: 'DATETIME_INTERVAL +',
    arguments: [time, length],
    type: time.type,
    span: time.span,
  };
}
