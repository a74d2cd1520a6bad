/** The Pratt parser of expressions: operators by binding power, with Calcite's precedence. */
import type { BinaryOperator, ComparisonOperator, ExpressionNode, IsTest } from '../ast.js';
import type { Token } from '../lexer.js';
import { BINARY_BINDING, BINDING, NOT_BINDING, SIGN_BINDING } from './binding.js';
import type { Cursor } from './cursor.js';
import { parseCommaList, parseIdentifier } from './names.js';
import { parseParenthesized, parsePrimary } from './primary.js';

/** An expression of any operators. */
export function parseExpression(c: Cursor): ExpressionNode {
  return parseBinding(c, 0);
}

/** Expressions with commas between. */
export function parseExpressions(c: Cursor): ExpressionNode[] {
  return parseCommaList(c, () => parseExpression(c));
}

/** An expression of operators that bind tighter than comparisons, IN, LIKE and BETWEEN. */
export function parseArithmetic(c: Cursor): ExpressionNode {
  return parseBinding(c, BINDING.range + 1);
}

/** Goes on with an expression whose first operand has been read; `start` is where that began. */
export function continueExpression(c: Cursor, first: ExpressionNode, start: number): ExpressionNode {
  return continueBinding(c, continuePostfix(c, first, start), 0, start);
}

/** Symbols that are operators. */
const SYMBOLS: ReadonlySet<string> = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
]);

/** Operators by their first word. */
const WORDS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['OR', 'OR'],
  ['AND', 'AND'],
  ['OVERLAPS', 'OVERLAPS'],
  ['MEMBER', 'MEMBER OF'],
  ['SUBMULTISET', 'SUBMULTISET OF'],
]);

/** Words whose right side is no plain operand. */
const RANGE_WORDS = new Set(['IN', 'BETWEEN', 'LIKE', 'SIMILAR']);

function parseBinding(c: Cursor, least: number): ExpressionNode {
  return c.nested(() => {
    const start = c.start();
    return continueBinding(c, parsePrefix(c, start), least, start);
  });
}

function continueBinding(c: Cursor, first: ExpressionNode, least: number, start: number): ExpressionNode {
  let left = first;
  while (true) {
    const next = parseInfix(c, left, least, start);
    if (next === null) return left;
    left = next;
  }
}

/** The operator at the cursor with its right side, null if none is there that binds at least so tightly. */
function parseInfix(c: Cursor, left: ExpressionNode, least: number, start: number): ExpressionNode | null {
  const token = c.peek();
  const operator = operatorAt(token);
  if (operator !== null) {
    const binding = BINARY_BINDING[operator];
    if (binding < least) return null;
    if (token.kind === 'symbol') c.next();
    else c.expect(...operator.split(' '));
    return parseQuantified(c, left, operator, start) ?? parseRight(c, left, operator, start);
  }
  if (token.kind !== 'word') return null;
  if (token.word === 'IS') return BINDING.is < least ? null : parseIs(c, left, start);
  if (token.word === 'FORMAT' && c.isWord('JSON', 1)) {
    c.expect('FORMAT', 'JSON');
    return { kind: 'format_json', operand: left, span: c.spanFrom(start) };
  }
  if (BINDING.range < least) return null;
  const negated = token.word === 'NOT' && RANGE_WORDS.has(c.peek(1).word);
  if (!negated && !RANGE_WORDS.has(token.word)) return null;
  if (negated) c.next();
  return parseRange(c, left, negated, start);
}

function operatorAt(token: Token): BinaryOperator | null {
  if (token.kind === 'symbol') return SYMBOLS.has(token.text) ? (token.text as BinaryOperator) : null;
  return WORDS.get(token.word) ?? null;
}

/** The right operand takes only what binds tighter than the operator. */
function parseRight(
  c: Cursor,
  left: ExpressionNode,
  operator: BinaryOperator,
  start: number,
): ExpressionNode {
  const right = parseBinding(c, BINARY_BINDING[operator] + 1);
  return { kind: 'binary', operator, left, right, span: c.spanFrom(start) };
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** `= ANY (…)`, after the operator; null if it is no such comparison. */
function parseQuantified(
  c: Cursor,
  operand: ExpressionNode,
  operator: BinaryOperator,
  start: number,
): ExpressionNode | null {
  const word = c.peek().word;
  if (!COMPARISONS.has(operator) || !['ANY', 'SOME', 'ALL'].includes(word) || !c.isSymbol('(', 1))
    return null;
  c.next();
  const content = parseParenthesized(c);
  const base = {
    kind: 'quantified',
    operator: operator as ComparisonOperator,
    quantifier: word === 'ALL' ? 'ALL' : 'ANY',
    operand,
    span: c.spanFrom(start),
  } as const;
  return content.kind === 'query'
    ? { ...base, query: content.query, items: null }
    : { ...base, query: null, items: content.items };
}

const TESTS: readonly (readonly [IsTest, ...(readonly string[])])[] = [
  ['NULL', 'NULL'],
  ['TRUE', 'TRUE'],
  ['FALSE', 'FALSE'],
  ['UNKNOWN', 'UNKNOWN'],
  ['JSON VALUE', 'JSON', 'VALUE'],
  ['JSON OBJECT', 'JSON', 'OBJECT'],
  ['JSON ARRAY', 'JSON', 'ARRAY'],
  ['JSON SCALAR', 'JSON', 'SCALAR'],
  ['JSON VALUE', 'JSON'],
  ['A SET', 'A', 'SET'],
  ['EMPTY', 'EMPTY'],
];

function parseIs(c: Cursor, operand: ExpressionNode, start: number): ExpressionNode {
  c.expect('IS');
  const negated = c.accept('NOT');
  if (c.accept('DISTINCT')) {
    c.expect('FROM');
    return parseRight(c, operand, negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM', start);
  }
  for (const [test, ...words] of TESTS) {
    if (c.accept(...words)) return { kind: 'is', operand, test, negated, span: c.spanFrom(start) };
  }
  throw c.unexpected();
}

function parseRange(c: Cursor, operand: ExpressionNode, negated: boolean, start: number): ExpressionNode {
  switch (c.next().word) {
    case 'IN':
      return parseIn(c, operand, negated, start);
    case 'BETWEEN':
      return parseBetween(c, operand, negated, start);
    case 'LIKE':
      return parseLike(c, 'LIKE', operand, negated, start);
    default:
      c.expect('TO');
      return parseLike(c, 'SIMILAR TO', operand, negated, start);
  }
}

function parseIn(c: Cursor, operand: ExpressionNode, negated: boolean, start: number): ExpressionNode {
  const content = parseParenthesized(c);
  const span = c.spanFrom(start);
  return content.kind === 'query'
    ? { kind: 'in_query', operand, query: content.query, negated, span }
    : { kind: 'in_list', operand, items: content.items, negated, span };
}

function parseBetween(c: Cursor, operand: ExpressionNode, negated: boolean, start: number): ExpressionNode {
  const symmetric = c.acceptOneOf('SYMMETRIC', 'ASYMMETRIC') === 'SYMMETRIC';
  // The lower bound goes to the AND, which belongs to BETWEEN.
  const low = parseBinding(c, NOT_BINDING);
  c.expect('AND');
  const high = parseBinding(c, BINDING.range + 1);
  return { kind: 'between', operand, low, high, symmetric, negated, span: c.spanFrom(start) };
}

function parseLike(
  c: Cursor,
  operator: 'LIKE' | 'SIMILAR TO',
  operand: ExpressionNode,
  negated: boolean,
  start: number,
): ExpressionNode {
  const pattern = parseBinding(c, BINDING.range + 1);
  const escaped = c.accept('ESCAPE') ? parseBinding(c, BINDING.range + 1) : null;
  return { kind: 'like', operator, operand, pattern, escape: escaped, negated, span: c.spanFrom(start) };
}

function parsePrefix(c: Cursor, start: number): ExpressionNode {
  const token = c.peek();
  if (token.word === 'NOT') {
    c.next();
    const operand = parseBinding(c, NOT_BINDING);
    return { kind: 'unary', operator: 'NOT', operand, span: c.spanFrom(start) };
  }
  if (c.isSymbol('-') || c.isSymbol('+')) {
    const operator = c.next().text === '-' ? '-' : '+';
    const operand = parseBinding(c, SIGN_BINDING);
    return { kind: 'unary', operator, operand, span: c.spanFrom(start) };
  }
  return continuePostfix(c, parsePrimary(c), start);
}

/** `[index]` and `.field`, as often as they come. */
function continuePostfix(c: Cursor, first: ExpressionNode, start: number): ExpressionNode {
  let base = first;
  while (true) {
    if (c.isSymbol('[')) {
      c.next();
      const index = parseExpression(c);
      c.expectSymbol(']');
      base = { kind: 'element', base, index, span: c.spanFrom(start) };
    } else if (c.isSymbol('.') && !c.isSymbol('*', 1)) {
      c.next();
      const field = parseIdentifier(c, 'a field name');
      base = { kind: 'field', base, field, span: c.spanFrom(start) };
    } else {
      return base;
    }
  }
}
