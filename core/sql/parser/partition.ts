/** `PARTITION (a = 1, b = 'x')`. */
import type { ExpressionNode, PartitionItem, PartitionSpec } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseLiteral } from './literal.js';
import { parseIdentifier, parseParenthesizedList } from './names.js';

/** The cursor is at PARTITION. */
export function parsePartition(c: Cursor): PartitionSpec {
  const start = c.start();
  c.expect('PARTITION');
  const items = parseParenthesizedList(c, () => parseItem(c));
  return { items, options: [], span: c.spanFrom(start) };
}

function parseItem(c: Cursor): PartitionItem {
  const start = c.start();
  const column = parseIdentifier(c, 'a partition column');
  c.expectSymbol('=');
  const value = parseConstant(c);
  return { column, value, span: c.spanFrom(start) };
}

/** A literal, which may have a sign. */
function parseConstant(c: Cursor): ExpressionNode {
  const start = c.start();
  const negative = c.isSymbol('-');
  if (negative) c.next();
  const operand = parseLiteral(c);
  if (operand === null) throw c.unexpected('a literal');
  return negative ? { kind: 'unary', operator: '-', operand, span: c.spanFrom(start) } : operand;
}
