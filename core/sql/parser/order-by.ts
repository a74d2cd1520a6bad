/** ORDER BY lists. */
import type { OrderItem } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseCommaList } from './names.js';

/** `ORDER BY …`, empty if it is not there. */
export function parseOrderBy(c: Cursor): OrderItem[] {
  c.want('ORDER BY');
  return c.isWord('ORDER') ? parseOrderItems(c) : [];
}

/** `ORDER BY …` where it must be. */
export function parseOrderItems(c: Cursor): OrderItem[] {
  c.expect('ORDER', 'BY');
  return parseCommaList(c, () => parseOrderItem(c));
}

/** `expression [ASC | DESC] [NULLS FIRST | NULLS LAST]`. */
export function parseOrderItem(c: Cursor): OrderItem {
  const start = c.start();
  const expression = parseExpression(c);
  const descending = c.isWord('DESC');
  if (descending || c.isWord('ASC')) c.next();
  const nulls = parseNulls(c);
  return {
    expression,
    descending,
    nulls,
    span: c.spanFrom(start),
  };
}

function parseNulls(c: Cursor): OrderItem['nulls'] {
  if (!c.isWord('NULLS')) return null;
  c.next();
  return c.expectOneOf('FIRST', 'LAST') === 'FIRST' ? 'first' : 'last';
}
