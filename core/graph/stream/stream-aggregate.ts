/** GROUP BY over a stream: a result that changes with its rows, or one for each window when that has ended. */
import type { AggregateCall } from '../../plan/expression.js';
import type { Aggregate } from '../../plan/plan-builders.js';
import {
  FAILING_AGGREGATES,
  STREAM_AGGREGATES,
  type StreamCall,
  type StreamOperatorKind,
  type StreamPythonCall,
} from '../../plan/stream-operator.js';
import { windowTimeOf } from '../../plan/window-edges.js';
import { locate } from '../../sql/bind/locate.js';
import { expandedSets } from './grouping-sets.js';
import { withJsonTexts } from './json-calls.js';
import {
  type MadeColumn,
  operatorOver,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { streamHop } from './stream-hop.js';
import { checkPythonCalls, columnsOf, pythonCall } from './stream-python-calls.js';

export function streamAggregate(context: StreamContext, given: Aggregate): Relation {
  if (given.groupingSets !== null) return context.plan(expandedSets(context, given));
  const node = { ...given, aggregates: given.aggregates.map(withJsonTexts) };
  const hop = streamHop(context, node);
  if (hop !== null) return hop;
  const windowTime = windowTimeOf(node.input, node.groups);
  const input = context.plan(node.input);
  const { relation, ids } = withOperands(context, input, [
    ...node.groups,
    ...node.aggregates.flatMap(columnsOf),
    ...(windowTime === null ? [] : [windowTime]),
  ]);
  const rest = [...ids];
  const take = () => rest.shift()!;
  const keys = node.groups.map(take);
  const calls: StreamCall<string>[] = [];
  const python: StreamPythonCall<string>[] = [];
  const places = node.aggregates.map((call) =>
    call.python
      ? { isPython: true, at: python.push(pythonCall(call, take)) - 1 }
      : { isPython: false, at: calls.push(streamCall(context, call, take)) - 1 },
  );
  const results = [
    ...keys.map((_, i) => i),
    ...places.map(({ isPython, at }) => keys.length + (isPython ? calls.length : 0) + at),
  ];
  const made = node.columns.map(
    (column, i): MadeColumn => ({ column, output: { kind: 'result', result: results[i]! } }),
  );
  const { stateTtlMs } = node;
  const grouping = {
    keys,
    calls,
    windowTime: windowTime === null ? null : take(),
    ...(stateTtlMs === undefined ? {} : { stateTtlMs }),
  };
  const isWindowed = windowTime !== null;
  const operator: StreamOperatorKind<string> =
    python.length === 0
      ? { kind: 'aggregate', ...grouping }
      : { kind: 'accumulate', ...grouping, python, ...checkPythonCalls(context, node, input, isWindowed) };
  return operatorOver(context, [relation], operator, made, !isWindowed);
}

/** A call over columns, which `take` gives in the order of arguments and filter. */
export function streamCall(
  context: StreamContext,
  call: Pick<AggregateCall, 'function' | 'python' | 'arguments' | 'distinct' | 'filter' | 'type' | 'span'> & {
    readonly withinGroup?: AggregateCall['withinGroup'];
  },
  take: () => string,
): StreamCall<string> {
  if (call.python) refuseInStream(context, `The Python aggregate ${call.function}`, call);
  if (!STREAM_AGGREGATES.has(call.function) || (call.withinGroup?.length ?? 0) > 0) {
    refuseInStream(context, call.withinGroup?.length ? 'WITHIN GROUP' : call.function, call);
  }
  return {
    function: call.function,
    arguments: call.arguments.map(take),
    argumentTypes: call.arguments.map((argument) => argument.type),
    distinct: call.distinct,
    filter: call.filter === null ? null : take(),
    type: call.type,
    ...(FAILING_AGGREGATES.has(call.function) ? { place: locate(context.options.sql, call.span) } : {}),
  };
}
