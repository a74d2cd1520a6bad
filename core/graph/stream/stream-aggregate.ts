/** GROUP BY over a stream: a result that changes with its rows, or one for each window when that has ended. */
import type { AggregateCall } from '../../plan/expression.js';
import type { Aggregate } from '../../plan/plan-builders.js';
import { STREAM_AGGREGATES, type StreamCall } from '../../plan/stream-operator.js';
import {
  type MadeColumn,
  operatorOver,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { windowTimeOf } from './window-edges.js';

export function streamAggregate(context: StreamContext, node: Aggregate): Relation {
  if (node.groupingSets !== null) refuseInStream(context, 'GROUPING SETS', node);
  const windowTime = windowTimeOf(node.input, node.groups);
  const operands = node.aggregates.flatMap(({ arguments: args, filter }) =>
    filter === null ? args : [...args, filter],
  );
  const input = context.plan(node.input);
  const { relation, ids } = withOperands(context, input, [
    ...node.groups,
    ...operands,
    ...(windowTime === null ? [] : [windowTime]),
  ]);
  const rest = [...ids];
  const take = () => rest.shift()!;
  const keys = node.groups.map(take);
  const calls = node.aggregates.map((call) => streamCall(context, call, take));
  const made = node.columns.map(
    (column, result): MadeColumn => ({ column, output: { kind: 'result', result } }),
  );
  const operator = {
    kind: 'aggregate',
    keys,
    calls,
    windowTime: windowTime === null ? null : take(),
  } as const;
  return operatorOver(context, [relation], operator, made, windowTime === null);
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
  };
}
