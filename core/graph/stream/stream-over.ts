/** Aggregates with OVER in a stream: over the rows before each row, in the order of event time. */
import type { Expression, WindowFrame } from '../../plan/expression.js';
import { columnOf, type WindowCall } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { Project } from '../../plan/plan-builders.js';
import type { StreamFrame } from '../../plan/stream-operator.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { hasWindowOf, windowCallsOf } from '../../plan/window-calls.js';
import {
  type MadeColumn,
  operatorOver,
  passedOn,
  projected,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { streamCall } from './stream-aggregate.js';

export function streamOver(context: StreamContext, node: Project): Relation {
  const calls = windowCallsOf(node);
  const [first] = calls;
  const other = calls.find((call) => !hasWindowOf(call, first!));
  if (other !== undefined) refuseInStream(context, 'A second window of OVER', other);
  const [key, second] = first!.orderBy;
  const isTime =
    key !== undefined &&
    key.expression.kind === 'column' &&
    isTimeAttribute(node.input, key.expression.id) &&
    !key.descending &&
    second === undefined;
  if (!isTime) {
    refuseInStream(
      context,
      'OVER by something else than ascending event time',
      first!,
      'Order by the column that WATERMARK is on, or keep the first rows by WHERE ROW_NUMBER() … <= n.',
    );
  }
  const input = context.plan(node.input);
  if (input.change !== null) refuseInStream(context, 'OVER of rows that change', first!);
  const operands = calls.flatMap((call) => call.arguments);
  const { relation, ids } = withOperands(context, input, [
    key.expression,
    ...first!.partitionBy,
    ...operands,
  ]);
  const [time, ...rest] = ids as [string, ...string[]];
  const keys = first!.partitionBy.map(() => rest.shift()!);
  const bound = calls.map((call) => ({
    ...streamCall(context, asAggregate(call), () => rest.shift()!),
    frame: frameOf(context, call),
  }));
  const results = calls.map((call) => context.options.ids.column('over', call.type));
  const made = results.map((column, result): MadeColumn => ({ column, output: { kind: 'result', result } }));
  const over = operatorOver(
    context,
    [relation],
    { kind: 'over', keys, time, calls: bound },
    [...passedOn(node.input.columns), ...made],
    false,
  );
  const places = new Map(calls.map((call, i) => [expressionKey(call), columnOf(results[i]!)]));
  const outputs = node.expressions.map((expression) =>
    rewriteExpression(expression, (e) => (e.kind === 'window_call' ? places.get(expressionKey(e))! : e)),
  );
  return projected(over, node.columns, outputs);
}

/** ROW_NUMBER counts the rows so far. */
function asAggregate(call: WindowCall) {
  const isNumber = call.function === 'ROW_NUMBER';
  return {
    function: isNumber ? 'COUNT' : call.function,
    python: call.python !== null,
    arguments: call.arguments,
    distinct: false,
    filter: null,
    type: call.type,
    span: call.span,
  };
}

function frameOf(context: StreamContext, call: WindowCall): StreamFrame {
  if (call.function === 'ROW_NUMBER') return { unit: 'ROWS', preceding: null };
  const { frame } = call;
  if (frame === null) return { unit: 'RANGE', preceding: null };
  if (frame.end.kind !== 'current_row')
    refuseInStream(context, 'A frame that does not end at CURRENT ROW', call);
  return { unit: frame.unit, preceding: preceding(context, frame, call) };
}

function preceding(context: StreamContext, { start }: WindowFrame, call: WindowCall): number | null {
  if (start.kind === 'unbounded_preceding') return null;
  if (start.kind === 'current_row') return 0;
  const offset: Expression | null = start.kind === 'preceding' ? start.offset : null;
  if (offset?.kind !== 'literal') refuseInStream(context, 'This frame', call);
  return Number(offset.value);
}
