/** One key of `orderBy`. */
import type { OrderItem } from '../../core/index.js';
import type { Expression, Scope } from './expression.js';

/** An expression to sort by, with its direction. Immutable. */
export class SortKey<S extends Scope = Scope> {
  constructor(
    readonly expression: Expression<unknown, S>,
    readonly descending: boolean,
    readonly nulls: OrderItem['nulls'],
  ) {}

  /** NULLs before all values. */
  nullsFirst(): SortKey<S> {
    return new SortKey(this.expression, this.descending, 'first');
  }

  /** NULLs after all values. */
  nullsLast(): SortKey<S> {
    return new SortKey(this.expression, this.descending, 'last');
  }
}
