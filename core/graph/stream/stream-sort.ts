/** ORDER BY and LIMIT over a stream. */
import type { LogicalPlan, SortKey } from '../../plan/logical-plan.js';
import { arrivalOrder } from '../../plan/processing-time.js';
import type { StreamSortKey } from '../../plan/stream-operator.js';
import { isEventTime } from '../../plan/time-attribute.js';
import {
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { arrivalOrderOf, latestFirst } from './stream-rank.js';

type Sort = Extract<LogicalPlan, { kind: 'sort' }>;

/** In the order of a time, rows leave as it goes on. */
export function streamSort(context: StreamContext, node: Sort): Relation {
  const [first, ...others] = node.keys;
  const arrival = arrivalOrder(node.input, node.keys);
  if (arrival !== null && arrival.keys.length === 0 && !arrival.isLatestFirst)
    return sortByArrival(context, node, others);
  const isTime = isEventTime(node.input, first?.expression) && first?.descending === false;
  const { relation, order } = keyed(context, context.plan(node.input), node.keys);
  if (!isTime || relation.change !== null) {
    refuseInStream(context, 'ORDER BY without LIMIT, unless by an ascending time,', node);
  }
  const columns = columnsWith(relation, node.columns, order);
  const operator = { kind: 'sort', time: order[0]!.column, order } as const;
  return { ...operatorOver(context, [relation], operator, passedOn(columns), false), order };
}

/** Rows are in the order in which they come; `keys` are of those that come in one millisecond. */
function sortByArrival(context: StreamContext, node: Sort, keys: readonly SortKey[]): Relation {
  const input = context.plan(node.input);
  if (input.change !== null)
    refuseInStream(context, 'ORDER BY processing time of rows that change, without LIMIT,', node);
  if (keys.length === 0) return input;
  const { relation, order } = keyed(context, input, keys);
  const operator = { kind: 'sort', time: null, order } as const;
  return operatorOver(
    context,
    [relation],
    operator,
    passedOn(columnsWith(relation, node.columns, order)),
    false,
  );
}

/** The first rows of an order, or of those that come. */
export function streamLimit(context: StreamContext, node: Extract<LogicalPlan, { kind: 'limit' }>): Relation {
  const { input, count, offset } = node;
  if (count === null) refuseInStream(context, 'OFFSET without LIMIT', node);
  const sort = input.kind === 'sort' ? input : null;
  const below = context.plan(sort?.input ?? input);
  const orderBy = { orderBy: sort?.keys ?? [], span: node.span };
  const arrival = arrivalOrderOf(context, sort?.input ?? input, below, orderBy);
  const { relation, order } = keyed(context, below, arrival?.keys ?? orderBy.orderBy);
  const columns = columnsWith(relation, node.columns, order);
  const ranked = operatorOver(
    context,
    [relation],
    {
      kind: 'rank',
      keys: [],
      order,
      from: offset + 1,
      to: offset + count,
      ...latestFirst(arrival),
      windowTime: null,
    },
    passedOn(columns),
    order.length > 0 || arrival?.isLatestFirst === true || relation.change !== null,
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
