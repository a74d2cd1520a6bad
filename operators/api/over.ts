/** Aggregates over the rows around each row. */
import { type ExpressionNode, PlanError } from '../../core/index.js';
import { apply, Column } from './column.js';
import type { Expression } from './expression.js';
import { literalNode } from './literal.js';
import { SortKey } from './sort-key.js';
import * as syntax from './syntax.js';

/** The rows that an aggregate sees at each row; without `rows` those up to the current one and its peers, without an order all. */
export interface OverWindow {
  readonly partitionBy?: readonly Expression<unknown, 'row'>[];
  readonly orderBy?: Expression<unknown, 'row'> | SortKey<'row'>;
  /** How many rows before the current one, which is the last that it sees. */
  readonly rows?: number;
}

/**
 * An aggregate of each row instead of each group: `over(sum(r.amount), { partitionBy: [r.card], orderBy: r.ts, rows: 9 })`. Over a
 * stream the order is that of event time.
 * @throws {PlanError} API_WINDOW for anything but one aggregate, or for rows that are no whole number
 */
export function over<V>(aggregate: Expression<V, 'group'>, window: OverWindow): Column<V, 'row'> {
  const { node } = aggregate;
  if (node.kind !== 'function_call') {
    throw new PlanError('API_WINDOW', 'over was given an expression that is not one call of an aggregate.', {
      hint: 'Compute with its result: over(sum(r.x), …).times(2).',
    });
  }
  const keys = window.partitionBy ?? [];
  const { orderBy } = window;
  const order = orderBy instanceof SortKey ? orderBy : orderBy && new SortKey(orderBy, false, null);
  const spec = syntax.windowSpec(
    keys.map((key) => key.node),
    order === undefined
      ? []
      : [{ expression: order.expression.node, descending: order.descending, nulls: order.nulls }],
    window.rows === undefined ? null : preceding(window.rows),
  );
  const inputs = [aggregate, ...keys, ...(order === undefined ? [] : [order.expression])];
  return new Column(
    { ...node, over: spec },
    inputs.flatMap((expression) => [...expression.inputs]),
  );
}

/** `ROW_NUMBER()`, for `over`. */
export function rowNumber(): Column<bigint, 'group'> {
  return apply([], () => syntax.call('ROW_NUMBER', []));
}

function preceding(rows: number): ExpressionNode {
  if (!Number.isSafeInteger(rows) || rows < 0)
    throw new PlanError('API_WINDOW', `over was given ${rows} rows; it takes whole numbers from 0.`);
  return literalNode(rows);
}
