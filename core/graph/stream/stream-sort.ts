/** ORDER BY and LIMIT over a stream. */
import type { LogicalPlan, SortKey } from '../../plan/logical-plan.js';
import type { StreamSortKey } from '../../plan/stream-operator.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import {
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

/** In the order of event time, rows leave as time goes on. */
export function streamSort(context: StreamContext, node: Extract<LogicalPlan, { kind: 'sort' }>): Relation {
  const [first] = node.keys;
  const isTime =
    first?.expression.kind === 'column' &&
    isTimeAttribute(node.input, first.expression.id) &&
    !first.descending;
  const { relation, order } = keyed(context, context.plan(node.input), node.keys);
  if (!isTime || relation.change !== null) {
    refuseInStream(context, 'ORDER BY without LIMIT, unless by ascending event time,', node);
  }
  const columns = columnsWith(relation, node.columns, order);
  const operator = { kind: 'sort', time: order[0]!.column, order } as const;
  return { ...operatorOver(context, [relation], operator, passedOn(columns), false), order };
}

/** The first rows of an order, or of those that come. */
export function streamLimit(context: StreamContext, node: Extract<LogicalPlan, { kind: 'limit' }>): Relation {
  const { input, count, offset } = node;
  if (count === null) refuseInStream(context, 'OFFSET without LIMIT', node);
  const sort = input.kind === 'sort' ? input : null;
  const { relation, order } = keyed(context, context.plan(sort?.input ?? input), sort?.keys ?? []);
  const columns = columnsWith(relation, node.columns, order);
  const ranked = operatorOver(
    context,
    [relation],
    { kind: 'rank', keys: [], order, from: offset + 1, to: offset + count, windowTime: null },
    passedOn(columns),
    sort !== null || relation.change !== null,
  );
  return { ...ranked, order };
}

function keyed(
  context: StreamContext,
  input: Relation,
  keys: readonly SortKey[],
): { readonly relation: Relation; readonly order: readonly StreamSortKey<string>[] } {
  const { relation, ids } = withOperands(
    context,
    input,
    keys.map((key) => key.expression),
  );
  const order = keys.map(({ descending, nullsFirst, expression: { type } }, i) => {
    return { column: ids[i]!, type, descending, nullsFirst };
  });
  return { relation, order };
}

function columnsWith(
  { plan }: Relation,
  columns: LogicalPlan['columns'],
  order: readonly StreamSortKey<string>[],
): LogicalPlan['columns'] {
  const ids = new Set([...columns.map((column) => column.id), ...order.map((key) => key.column)]);
  return plan.columns.filter((column) => ids.has(column.id));
}
