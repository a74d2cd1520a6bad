/** Windows that overlap, over rows that only come: a row is counted once in its slice, which its windows share. */
import type { AggregateCall } from '../../plan/expression.js';
import { hopGroupingOf } from '../../plan/hop-grouping.js';
import type { Aggregate } from '../../plan/plan-builders.js';
import { MERGEABLE_AGGREGATES } from '../../plan/stream-operator.js';
import {
  type MadeColumn,
  operatorOver,
  type Relation,
  type StreamContext,
  withOperands,
} from './relation.js';
import { streamCall } from './stream-aggregate.js';
import { columnsOf } from './stream-python-calls.js';

/** Null where rows have to be copied into each of their windows. */
export function streamHop(context: StreamContext, node: Aggregate): Relation | null {
  const hop = node.aggregates.every(isMergeable) ? hopGroupingOf(node) : null;
  if (hop === null) return null;
  const input = context.plan(hop.input);
  if (input.change !== null) return null;
  const own = node.groups.filter((_, i) => hop.keys[i] === 'own');
  const { relation, ids } = withOperands(context, input, [
    hop.time,
    ...own,
    ...node.aggregates.flatMap(columnsOf),
  ]);
  const [time, ...rest] = ids;
  const take = () => rest.shift()!;
  const { size, slide, offset } = hop;
  const keys = own.map(take);
  const calls = node.aggregates.map((call) => streamCall(context, call, take));
  const operator = { kind: 'hop', keys, calls, time: time!, size, slide, offset } as const;
  let key = EDGES.length;
  const results = [
    ...hop.keys.map((role) => (role === 'own' ? key++ : EDGES.indexOf(role))),
    ...calls.map((_, i) => EDGES.length + keys.length + i),
  ];
  const made = node.columns.map(
    (column, i): MadeColumn => ({ column, output: { kind: 'result', result: results[i]! } }),
  );
  return operatorOver(context, [relation], operator, made, false);
}

/** The first results of the operator. */
const EDGES = ['start', 'end', 'last'] as const;

function isMergeable({ function: name, python, distinct, withinGroup }: AggregateCall): boolean {
  return MERGEABLE_AGGREGATES.has(name) && !python && !distinct && withinGroup.length === 0;
}
