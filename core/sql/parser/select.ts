/** SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW … QUALIFY. */
import type { SelectItem, SelectNode, StarNode } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseFrom } from './from.js';
import { parseGroupBy } from './group-by.js';
import { parseHints } from './hints.js';
import { atIdentifier, parseCommaList, parseIdentifier } from './names.js';
import { parseWindows } from './window.js';

/** The cursor is at SELECT. */
export function parseSelect(c: Cursor): SelectNode {
  const start = c.start();
  c.expect('SELECT');
  const hints = parseHints(c);
  if (c.isWord('STREAM')) {
    throw c.unsupported(c.peek().span, 'SELECT STREAM', 'Leave the word STREAM out.');
  }
  const distinct = c.acceptOneOf('DISTINCT', 'ALL') === 'DISTINCT';
  const items = parseCommaList(c, () => parseSelectItem(c));
  const from = c.accept('FROM') ? parseFrom(c) : null;
  const where = from !== null && c.accept('WHERE') ? parseExpression(c) : null;
  const groupBy = from === null ? null : parseGroupBy(c);
  const having = from !== null && c.accept('HAVING') ? parseExpression(c) : null;
  const windows = from === null ? [] : parseWindows(c);
  const qualify = from !== null && c.accept('QUALIFY') ? parseExpression(c) : null;
  return {
    kind: 'select',
    hints,
    distinct,
    items,
    from,
    where,
    groupBy,
    having,
    windows,
    qualify,
    span: c.spanFrom(start),
  };
}

function parseSelectItem(c: Cursor): SelectItem {
  const start = c.start();
  const star = parseStar(c);
  if (star !== null) return { value: star, alias: null, span: star.span };
  const value = parseExpression(c);
  if (c.isSymbol('.')) {
    c.next();
    c.expectSymbol('*');
    return {
      value: { kind: 'field_star', base: value, span: c.spanFrom(start) },
      alias: null,
      span: c.spanFrom(start),
    };
  }
  const alias = c.accept('AS') || atIdentifier(c) ? parseIdentifier(c, 'a name for the column') : null;
  return { value, alias, span: c.spanFrom(start) };
}

/** `*` or `t.*`; null if neither is at the cursor. */
function parseStar(c: Cursor): StarNode | null {
  const start = c.start();
  let ahead = 0;
  while (atIdentifier(c, ahead) && c.isSymbol('.', ahead + 1)) ahead += 2;
  if (!c.isSymbol('*', ahead)) return null;
  const parts = [];
  for (; ahead > 0; ahead -= 2) {
    parts.push(parseIdentifier(c));
    c.next();
  }
  const qualifier =
    parts.length === 0 ? null : { parts, span: { start, end: parts[parts.length - 1]!.span.end } };
  c.next();
  return { kind: 'star', qualifier, span: c.spanFrom(start) };
}
