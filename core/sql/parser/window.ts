/** Windows of OVER and WINDOW. */
import type { FrameBoundNode, FrameNode, Identifier, NamedWindow, WindowSpec } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression, parseExpressions } from './expression.js';
import { atIdentifier, parseCommaList, parseIdentifier } from './names.js';
import { parseOrderBy } from './order-by.js';

/** `OVER w` or `OVER (…)`; null if it is not there. */
export function parseOver(c: Cursor): Identifier | WindowSpec | null {
  if (!c.isWord('OVER')) return null;
  c.next();
  return c.isSymbol('(') ? parseWindowSpec(c) : parseIdentifier(c, "a window's name or '('");
}

/** `WINDOW w AS (…), …`, empty if it is not there. */
export function parseWindows(c: Cursor): NamedWindow[] {
  if (!c.accept('WINDOW')) return [];
  return parseCommaList(c, () => {
    const start = c.start();
    const name = parseIdentifier(c, "a window's name");
    c.expect('AS');
    const spec = parseWindowSpec(c);
    return { name, spec, span: c.spanFrom(start) };
  });
}

function parseWindowSpec(c: Cursor): WindowSpec {
  const start = c.start();
  c.expectSymbol('(');
  const base = atIdentifier(c) ? parseIdentifier(c) : null;
  const partitioned = c.accept('PARTITION');
  if (partitioned) c.expect('BY');
  const partitionBy = partitioned ? parseExpressions(c) : [];
  const orderBy = parseOrderBy(c);
  const frame = parseFrame(c);
  c.expectSymbol(')');
  return { kind: 'window_spec', base, partitionBy, orderBy, frame, span: c.spanFrom(start) };
}

function parseFrame(c: Cursor): FrameNode | null {
  const start = c.start();
  const unit = c.acceptOneOf('ROWS', 'RANGE');
  if (unit === null) return null;
  const between = c.accept('BETWEEN');
  const first = parseBound(c);
  if (between) c.expect('AND');
  const end = between ? parseBound(c) : null;
  return { unit, start: first, end, span: c.spanFrom(start) };
}

function parseBound(c: Cursor): FrameBoundNode {
  const start = c.start();
  if (c.accept('CURRENT')) {
    c.expect('ROW');
    return { kind: 'current_row', span: c.spanFrom(start) };
  }
  const unbounded = c.accept('UNBOUNDED');
  const offset = unbounded ? null : parseExpression(c);
  const preceding = c.expectOneOf('PRECEDING', 'FOLLOWING') === 'PRECEDING';
  const span = c.spanFrom(start);
  if (offset === null) return { kind: preceding ? 'unbounded_preceding' : 'unbounded_following', span };
  return { kind: preceding ? 'preceding' : 'following', offset, span };
}
