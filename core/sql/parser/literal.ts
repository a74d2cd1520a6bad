/** Literals: numbers, strings, TRUE, NULL, DATE '…', INTERVAL '…' DAY. */
import type { ExpressionNode, LiteralNode } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseIntervalQualifier } from './interval.js';
import { atIdentifier, parseObjectName } from './names.js';

/** The literal at the cursor; null if none is there. */
export function parseLiteral(c: Cursor): ExpressionNode | null {
  const { kind, text, word, span } = c.peek();
  switch (kind) {
    case 'integer':
    case 'decimal':
    case 'approximate':
      c.next();
      return { kind: 'literal', type: kind, value: text, span };
    case 'string':
      return parseStrings(c);
    case 'binary':
      c.next();
      return { kind: 'literal', type: 'binary', value: text, span };
    case 'word':
      return parseWordLiteral(c, word);
    default:
      return null;
  }
}

function parseWordLiteral(c: Cursor, word: string): ExpressionNode | null {
  const { span } = c.peek();
  switch (word) {
    case 'TRUE':
    case 'FALSE':
      c.next();
      return { kind: 'literal', type: 'boolean', value: word === 'TRUE', span };
    case 'NULL':
      c.next();
      return { kind: 'literal', type: 'null', span };
    case 'UNKNOWN':
      c.next();
      return unknown(span);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return c.peek(1).kind === 'string' ? parseDateTime(c) : null;
    case 'INTERVAL':
      return parseInterval(c);
    default:
      return null;
  }
}

/** A string; strings on the following lines continue it. */
function parseStrings(c: Cursor): LiteralNode {
  const start = c.start();
  let value = c.next().text;
  while (c.peek().kind === 'string') {
    const between = c.sql.slice(c.spanFrom(start).end, c.start());
    if (!/[\n\r]/.test(between)) {
      throw c.error(c.peek().span, 'two strings stand side by side', {
        hint: "A single quote inside a string is written twice, 'it''s'; strings are joined by ||.",
      });
    }
    value += c.next().text;
  }
  return { kind: 'literal', type: 'string', value, span: c.spanFrom(start) };
}

/** UNKNOWN is the BOOLEAN that is NULL. */
function unknown(span: LiteralNode['span']): ExpressionNode {
  return {
    kind: 'cast',
    operand: { kind: 'literal', type: 'null', span },
    type: { kind: 'simple_type', name: 'BOOLEAN', parameters: [], nullable: true, span },
    safe: false,
    span,
  };
}

function parseDateTime(c: Cursor): LiteralNode {
  const start = c.start();
  const type = c.next().word.toLowerCase() as 'date' | 'time' | 'timestamp';
  const value = c.next().text;
  return { kind: 'literal', type, value, span: c.spanFrom(start) };
}

/** `INTERVAL [-] '10' DAY`, or `INTERVAL n DAY` with a number, a name or a parenthesised expression. */
function parseInterval(c: Cursor): ExpressionNode {
  const start = c.start();
  c.expect('INTERVAL');
  const signed = c.isSymbol('-') || c.isSymbol('+');
  const negative = signed && c.next().text === '-';
  if (signed || c.peek().kind === 'string') {
    const value = c.expectKind('string', 'a string').text;
    const qualifier = parseIntervalQualifier(c);
    return { kind: 'literal', type: 'interval', value, negative, qualifier, span: c.spanFrom(start) };
  }
  const operand = parseIntervalOperand(c);
  const qualifier = parseIntervalQualifier(c);
  return { kind: 'interval', operand, qualifier, span: c.spanFrom(start) };
}

function parseIntervalOperand(c: Cursor): ExpressionNode {
  const { kind, text, span } = c.peek();
  if (kind === 'integer' || kind === 'decimal' || kind === 'approximate') {
    c.next();
    return { kind: 'literal', type: kind, value: text, span };
  }
  if (c.acceptSymbol('(')) {
    const operand = parseExpression(c);
    c.expectSymbol(')');
    return operand;
  }
  if (!atIdentifier(c)) throw c.unexpected("a string, INTERVAL '1' DAY");
  return { kind: 'name', ...parseObjectName(c) };
}
