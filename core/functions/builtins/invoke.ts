/** Calls of DuckDB's aggregates. */
import type { AggregateContext } from '../aggregate-function.js';

/** `name([DISTINCT] args [ORDER BY …]) [FILTER …] [OVER …]`. */
export function invoke(
  name: string,
  args: readonly string[],
  call: Pick<AggregateContext, 'distinct' | 'orderBy' | 'filter' | 'over'>,
): string {
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const order = call.orderBy === null ? '' : ` ORDER BY ${call.orderBy}`;
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${call.filter})`;
  const over = call.over === null ? '' : ` OVER (${call.over})`;
  return `${name}(${distinct}${args.join(', ')}${order})${filter}${over}`;
}
