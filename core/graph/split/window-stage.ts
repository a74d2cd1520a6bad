/** Python aggregates over one window: rows sorted within their partitions, with the bounds of each row's frame. */
import type { Expression, FrameBound, WindowFrame } from '../../plan/expression.js';
import { castTo, columnOf, type PythonWindowCall } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn, SortKey } from '../../plan/logical-plan.js';
import { ascending, extendedBy, sortedBy } from '../../plan/plan-builders.js';
import { types, withNullable } from '../../types/types.js';
import { leafOf, type PlannedStep } from '../boundary.js';
import { ColumnMaker } from './column-maker.js';
import { planArgument } from './plan-steps.js';
import type { SplitContext } from './split-context.js';

const POSITION = types.notNull(types.bigint());

/**
 * The boundary's leaf for calls with equal PARTITION BY and ORDER BY; its columns are those of `input` and the
 * results, one for each call. Frames are computed as numbers of rows, so that a worker knows nothing of values: ROWS
 * by arithmetic, RANGE by the relational stage, whose frames are those of built-in aggregates.
 */
export function windowStage(
  context: SplitContext,
  input: LogicalPlan,
  calls: readonly PythonWindowCall[],
): { readonly plan: LogicalPlan; readonly results: readonly PlanColumn[] } {
  const { ids } = context;
  const window = calls[0]!;
  const maker = new ColumnMaker(ids);
  const made = (expression: Expression, name: string): PlanColumn => ({
    id: maker.idFor(expression, name),
    name,
    type: expression.type,
  });
  const keys = window.partitionBy.map((expression) => made(expression, 'key'));
  const orderBy = window.orderBy.map((key) => ({
    ...key,
    expression: columnOf(made(key.expression, 'order')),
  }));
  const results = calls.map((call) => ids.column(call.function, withNullable(call.type, true)));
  const steps = calls.map(
    (call, i): Omit<PlannedStep, 'frame'> => ({
      function: call.function,
      arguments: call.arguments.map((argument, at) =>
        planArgument(argument, null, `${call.function}_${at}`, maker),
      ),
      argumentNames: call.python.argumentNames,
      guard: null,
      filter: null,
      distinct: false,
      resultType: results[i]!.type,
      results: [results[i]!],
    }),
  );
  const over: OverSorted = { partitionBy: keys.map((key) => columnOf(key)), orderBy };
  const number = ids.column('row_number', POSITION);
  const numbered = extendedBy(maker.build(input), [
    { column: number, expression: windowCall('ROW_NUMBER', [], over, null, POSITION) },
  ]);
  const bounds = new ColumnMaker(ids);
  const framed = steps.map((step, i): PlannedStep => {
    const { start, end } = boundsOf(calls[i]!, columnOf(number), over);
    const column = (bound: Expression | null, name: string) =>
      bound === null ? null : bounds.idFor(bound, name);
    return { ...step, frame: { start: column(start, 'start'), end: column(end, 'end') } };
  });
  const boundary = context.add({
    kind: 'python',
    key: context.newKey(),
    mode: 'window',
    input: sortedBy(bounds.build(numbered), [...keys.map(ascending), ascending(number)]),
    columns: [...input.columns, ...results],
    steps: framed,
    outer: false,
    keys: keys.map((key) => key.id),
    tag: null,
    span: window.span,
  });
  return { plan: leafOf(boundary), results };
}

interface OverSorted {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortKey[];
}

/** First and last row of the frame; null: of the partition. Without ORDER BY the standard one is the partition, else all up to the peers. */
function boundsOf(
  call: PythonWindowCall,
  number: Expression,
  over: OverSorted,
): { readonly start: Expression | null; readonly end: Expression | null } {
  const frame: WindowFrame = call.frame ?? {
    unit: 'RANGE',
    start: { kind: 'unbounded_preceding' },
    end: { kind: over.orderBy.length === 0 ? 'unbounded_following' : 'current_row' },
  };
  const nullable = withNullable(POSITION, true);
  const bound = (at: FrameBound, aggregate: 'MIN' | 'MAX'): Expression | null => {
    if (at.kind === 'unbounded_preceding' || at.kind === 'unbounded_following') return null;
    if (frame.unit === 'RANGE') return windowCall(aggregate, [number], over, frame, nullable);
    if (!('offset' in at)) return number;
    const operator = at.kind === 'preceding' ? '-' : '+';
    return {
      kind: 'call',
      function: operator,
      arguments: [number, castTo(at.offset, POSITION)],
      type: POSITION,
      span: at.offset.span,
    };
  };
  return { start: bound(frame.start, 'MIN'), end: bound(frame.end, 'MAX') };
}

function windowCall(
  name: string,
  args: readonly Expression[],
  over: OverSorted,
  frame: WindowFrame | null,
  type: Expression['type'],
): Expression {
  return {
    kind: 'window_call',
    function: name,
    arguments: args,
    ...over,
    frame,
    distinct: false,
    python: null,
    type,
    span: null,
  };
}
