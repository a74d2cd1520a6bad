/** Aggregates with OVER in a stream, in an order of values: rows come between others, and change their results. */
import type { WindowCall } from '../../plan/expression-builders.js';
import type { Project } from '../../plan/plan-builders.js';
import { asAggregate, frameOf, withResults } from './over-calls.js';
import {
  type MadeColumn,
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { streamCall } from './stream-aggregate.js';
import { columnsOf } from './stream-python-calls.js';

/** @param calls of one window */
export function streamSortedOver(
  context: StreamContext,
  node: Project,
  input: Relation,
  calls: readonly WindowCall[],
): Relation {
  const [{ partitionBy, orderBy }] = calls as readonly [WindowCall];
  const python = calls.find((call) => call.python !== null);
  if (python !== undefined) {
    refuseInStream(
      context,
      `The Python aggregate ${python.function} with OVER by something else than one ascending time`,
      python,
      'Order by the column that WATERMARK is on, or by PROCTIME().',
    );
  }
  const bounded = calls.find((call) => frameOf(context, call).preceding !== null);
  if (bounded !== undefined) {
    refuseInStream(context, 'A bounded frame of OVER by something else than one ascending time', bounded);
  }
  const order = orderBy.map(({ expression }) => expression);
  const operands = calls.flatMap((call) => columnsOf(asAggregate(call, order)));
  const { relation, ids } = withOperands(context, input, [...order, ...partitionBy, ...operands]);
  const rest = ids.slice(order.length + partitionBy.length);
  const operator = {
    kind: 'sorted_over',
    keys: ids.slice(order.length, order.length + partitionBy.length),
    order: orderBy.map(({ descending, nullsFirst, expression: { type } }, i) => {
      return { column: ids[i]!, type, descending, nullsFirst };
    }),
    calls: calls.map((call) => ({
      ...streamCall(context, asAggregate(call, order), () => rest.shift()!),
      frame: frameOf(context, call),
    })),
  } as const;
  const results = calls.map((call) => context.options.ids.column('over', call.type));
  const made = results.map((column, result): MadeColumn => ({ column, output: { kind: 'result', result } }));
  const columns = [...passedOn(node.input.columns), ...made];
  return withResults(node, operatorOver(context, [relation], operator, columns, true), calls, results);
}
