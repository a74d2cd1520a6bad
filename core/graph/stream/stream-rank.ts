/** The first rows of each partition: `WHERE ROW_NUMBER() OVER (…) <= n` over a stream. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, type WindowCall } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { type Filter, filteredBy } from '../../plan/plan-builders.js';
import { type ArrivalOrder, arrivalOrder } from '../../plan/processing-time.js';
import { type RowNumbers, rowNumberBounds } from '../../plan/row-numbers.js';
import type { StreamOperatorKind } from '../../plan/stream-operator.js';
import { isEventTime } from '../../plan/time-attribute.js';
import { windowTimeOf } from '../../plan/window-edges.js';
import {
  operatorOver,
  passedOn,
  projected,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

/** Null where the filter is not about the number of a row. */
export function streamRank(context: StreamContext, filter: Filter): Relation | null {
  const bounds = rowNumberBounds(filter);
  if (bounds === null || bounds.to === Number.POSITIVE_INFINITY) return null;
  const { numbers, from, to, others } = bounds;
  if (numbers.call.function !== 'ROW_NUMBER') {
    refuseInStream(context, `${numbers.call.function} in a Top-N`, numbers.call, 'Use ROW_NUMBER().');
  }
  const ranked = rank(context, numbers, from, to);
  if (others.length === 0) return ranked;
  return { ...ranked, plan: { ...filteredBy(ranked.plan, others), columns: ranked.plan.columns } };
}

function rank(context: StreamContext, { project, call, id }: RowNumbers, from: number, to: number): Relation {
  const { input } = project;
  const below = context.plan(input);
  const windowTime = windowTimeOf(input, call.partitionBy);
  const arrival = arrivalOrderOf(context, input, below, call);
  const orderBy = arrival?.keys ?? call.orderBy;
  const keys = [...call.partitionBy, ...orderBy.map((key) => key.expression)];
  const isNumber = (_: Expression, i: number) => project.columns[i]!.id === id;
  const values = project.expressions.filter((e, i) => !isNumber(e, i));
  const { relation, ids } = withOperands(context, below, [
    ...keys,
    ...(windowTime === null ? [] : [windowTime]),
    ...values,
  ]);
  const partition = ids.slice(0, call.partitionBy.length);
  const order = orderBy.map(({ descending, nullsFirst, expression: { type } }, i) => {
    return { column: ids[partition.length + i]!, type, descending, nullsFirst };
  });
  const operator = operatorOf(input, below, call, { partition, order, from, to, arrival });
  const made = relation.plan.columns.filter((column) => ids.includes(column.id));
  const number = project.columns.find((column) => column.id === id)!;
  const timed =
    operator.kind === 'rank' && windowTime !== null && below.change === null
      ? { ...operator, windowTime: ids[keys.length]! }
      : operator;
  const isFirstToCome =
    arrival !== null && arrival.keys.length === 0 && !arrival.isLatestFirst && from === 1 && to === 1;
  const isFinal =
    isFirstToCome || timed.kind === 'first_row' || (timed.kind === 'rank' && timed.windowTime !== null);
  const ranked = operatorOver(
    context,
    [relation],
    timed,
    [...passedOn(made), { column: number, output: { kind: 'result', result: 0 } }],
    !isFinal,
  );
  const places = ids.slice(ids.length - values.length);
  let next = 0;
  const outputs = project.expressions.map((e, i) => {
    if (isNumber(e, i)) return columnOf(number);
    const place = places[next++]!;
    return columnOf(made.find((column) => column.id === place)!);
  });
  return projected(ranked, project.columns, outputs);
}

interface Ranking {
  readonly partition: readonly string[];
  readonly order: Extract<StreamOperatorKind<string>, { kind: 'rank' }>['order'];
  readonly from: number;
  readonly to: number;
  /** Null: no key is processing time. */
  readonly arrival: ArrivalOrder | null;
}

/** Null where no key is processing time. */
export function arrivalOrderOf(
  context: StreamContext,
  input: LogicalPlan,
  below: Relation,
  { orderBy, span }: Pick<WindowCall, 'orderBy' | 'span'>,
): ArrivalOrder | null {
  const arrival = arrivalOrder(input, orderBy);
  if (arrival === null || below.change === null) return arrival;
  refuseInStream(
    context,
    'A ranking by processing time of rows that change',
    { span },
    'Rank rows that are only added, or order by one of their columns.',
  );
}

/** The first and the last row in event time are kept by less than a ranking. */
function operatorOf(
  input: LogicalPlan,
  below: Relation,
  call: WindowCall,
  { partition: keys, order, from, to, arrival }: Ranking,
): StreamOperatorKind<string> {
  const [key, second] = call.orderBy;
  const isOne = from === 1 && to === 1 && second === undefined && below.change === null;
  if (isOne && key !== undefined && isEventTime(input, key.expression)) {
    return { kind: key.descending ? 'last_row' : 'first_row', keys, time: order[0]!.column };
  }
  return { kind: 'rank', keys, order, from, to, ...latestFirst(arrival), windowTime: null };
}

/** The part of an operator that says which of rows equal by their keys is the first. */
export function latestFirst(arrival: ArrivalOrder | null): { readonly isLatestFirst?: true } {
  return arrival?.isLatestFirst === true ? { isLatestFirst: true } : {};
}
