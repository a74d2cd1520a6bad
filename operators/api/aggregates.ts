/** Aggregates over the rows of a group: they stand in `groupBy(…).select(…)` only, and take columns of rows. */
import { apply, type Column } from './column.js';
import type { Expression } from './expression.js';
import * as syntax from './syntax.js';
import type { Numeric, Ordered } from './values.js';

type Argument<V> = Expression<V, 'row'>;

/** `COUNT(*)`; `COUNT(argument)`, the rows where it is not NULL. */
export function count(argument?: Argument<unknown>): Column<bigint, 'group'> {
  if (argument === undefined) return apply([], () => syntax.call('COUNT', [syntax.STAR]));
  return apply([argument], (args) => syntax.call('COUNT', args));
}

/** `COUNT(DISTINCT argument)` */
export function countDistinct(argument: Argument<unknown>): Column<bigint, 'group'> {
  return apply([argument], (args) => syntax.call('COUNT', args, true));
}

/** `SUM`, of the argument's own type; NULL where there is no value. */
export function sum<V extends Numeric | null>(argument: Argument<V>): Column<V | null, 'group'> {
  return apply([argument], (args) => syntax.call('SUM', args));
}

/** `AVG`, of the argument's own type as in Flink: cast whole numbers to `t.double()` for their fraction. */
export function avg<V extends Numeric | null>(argument: Argument<V>): Column<V | null, 'group'> {
  return apply([argument], (args) => syntax.call('AVG', args));
}

/** `MIN`; NULL where there is no value. */
export function min<V extends Ordered | boolean | null>(argument: Argument<V>): Column<V | null, 'group'> {
  return apply([argument], (args) => syntax.call('MIN', args));
}

/** `MAX`; NULL where there is no value. */
export function max<V extends Ordered | boolean | null>(argument: Argument<V>): Column<V | null, 'group'> {
  return apply([argument], (args) => syntax.call('MAX', args));
}
