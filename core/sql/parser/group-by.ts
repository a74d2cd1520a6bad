/** GROUP BY with GROUPING SETS, ROLLUP and CUBE. */
import type { ExpressionNode, GroupBy, GroupingItem } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseCommaList, parseParenthesizedList } from './names.js';

/** GROUP BY; null if it is not there. */
export function parseGroupBy(c: Cursor): GroupBy | null {
  const start = c.start();
  c.want('GROUP BY');
  if (!c.isWord('GROUP')) return null;
  c.expect('GROUP', 'BY');
  const distinct = c.acceptOneOf('DISTINCT', 'ALL') === 'DISTINCT';
  const items = parseCommaList(c, () => parseGroupingItem(c));
  return { distinct, items, span: c.spanFrom(start) };
}

function parseGroupingItem(c: Cursor): GroupingItem {
  return c.nested(() => {
    const start = c.start();
    if (c.isWord('GROUPING') && c.isWord('SETS', 1)) {
      c.expect('GROUPING', 'SETS');
      const items = parseParenthesizedList(c, () => parseGroupingItem(c));
      return { kind: 'grouping_sets', items, span: c.spanFrom(start) };
    }
    const word = c.acceptOneOf('ROLLUP', 'CUBE');
    if (word !== null) {
      const expressions = parseParenthesizedList(c, () => elements(parseExpression(c)));
      return { kind: word === 'ROLLUP' ? 'rollup' : 'cube', expressions, span: c.spanFrom(start) };
    }
    const expression = parseExpressionOrNothing(c);
    if (expression === null) return { kind: 'grouping_set', expressions: [], span: c.spanFrom(start) };
    if (expression.kind === 'row') {
      return { kind: 'grouping_set', expressions: expression.items, span: c.spanFrom(start) };
    }
    return { kind: 'grouping_expression', expression, span: c.spanFrom(start) };
  });
}

/** An expression, or null for `()`. */
function parseExpressionOrNothing(c: Cursor): ExpressionNode | null {
  if (!c.isSymbol('(') || !c.isSymbol(')', 1)) return parseExpression(c);
  c.next();
  c.next();
  return null;
}

function elements(expression: ExpressionNode): readonly ExpressionNode[] {
  return expression.kind === 'row' ? expression.items : [expression];
}
