/** Operands: literals, names, calls, CASE, CAST, constructors, and what stands in parentheses. */
import type { CaseBranch, ExpressionNode, QueryNode } from '../ast.js';
import { isCallableWord, isNiladicWord, isReservedWord } from '../reserved-words.js';
import { parseCall, parseNiladicCall } from './call.js';
import type { Cursor } from './cursor.js';
import { continueExpression, parseExpression, parseExpressions } from './expression.js';
import { JSON_CALLS } from './json-call.js';
import { parseLiteral } from './literal.js';
import { parseObjectName } from './names.js';
import { atContinuation, atQuery, continueQuery, parseQuery } from './query.js';
import { SPECIAL_CALLS } from './special-call.js';
import { parseNullableType } from './types.js';

/** One operand. */
export function parsePrimary(c: Cursor): ExpressionNode {
  const token = c.peek();
  const literal = parseLiteral(c);
  if (literal !== null) return literal;
  if (c.isSymbol('(')) return parseGroup(c);
  if (token.kind === 'word') {
    const special = PRIMARIES.get(token.word);
    if (special !== undefined) {
      const parsed = special(c);
      if (parsed !== null) return parsed;
    }
    if (isReservedWord(token.word)) return parseReserved(c);
  }
  if (token.kind !== 'word' && token.kind !== 'name') throw c.unexpected('an expression');
  const name = parseObjectName(c, 'an expression');
  return c.isSymbol('(') ? parseCall(c, name) : { kind: 'name', ...name };
}

/** What stands between parentheses: a query, or one or more expressions. */
export type Parenthesized =
  | { readonly kind: 'query'; readonly query: QueryNode }
  | { readonly kind: 'items'; readonly items: readonly ExpressionNode[] };

/**
 * Reads `( … )`. Whether a second opening parenthesis begins a query or an expression is known only after its end:
 * `((SELECT 1) UNION SELECT 2)`, `((SELECT 1) + 2)`. So what is inside is read first and then taken up.
 */
export function parseParenthesized(c: Cursor): Parenthesized {
  return c.nested(() => {
    c.expectSymbol('(');
    const content = parseContent(c);
    c.expectSymbol(')');
    return content;
  });
}

function parseContent(c: Cursor): Parenthesized {
  if (atQuery(c)) return { kind: 'query', query: parseQuery(c) };
  if (!c.isSymbol('(')) return { kind: 'items', items: parseExpressions(c) };
  const start = c.start();
  const inner = parseParenthesized(c);
  if (inner.kind === 'query') {
    if (c.isSymbol(')')) return inner;
    if (atContinuation(c)) return { kind: 'query', query: continueQuery(c, inner.query, start) };
  }
  const items = [continueExpression(c, asExpression(c, inner, start), start)];
  while (c.acceptSymbol(',')) items.push(parseExpression(c));
  return { kind: 'items', items };
}

/** A query becomes a subquery, one item itself, several items a row. */
export function asExpression(c: Cursor, content: Parenthesized, start: number): ExpressionNode {
  if (content.kind === 'query') return { kind: 'subquery', query: content.query, span: c.spanFrom(start) };
  if (content.items.length === 1) return content.items[0]!;
  return { kind: 'row', items: content.items, span: c.spanFrom(start) };
}

function parseGroup(c: Cursor): ExpressionNode {
  const start = c.start();
  return asExpression(c, parseParenthesized(c), start);
}

/** A query in parentheses, also in several. */
export function parseSubquery(c: Cursor): QueryNode {
  return c.nested(() => {
    const start = c.start();
    c.expectSymbol('(');
    const inside = c.start();
    if (!c.isSymbol('(') && !atQuery(c)) throw c.unexpected('a query');
    const query = c.isSymbol('(') ? continueQuery(c, parseSubquery(c), inside) : parseQuery(c);
    c.expectSymbol(')');
    return { ...query, span: c.spanFrom(start) };
  });
}

/** A reserved word that is an operand: a call, or a call without parentheses. */
function parseReserved(c: Cursor): ExpressionNode {
  const token = c.peek();
  const called = c.isSymbol('(', 1);
  if (called && isCallableWord(token.word)) {
    c.next();
    return parseCall(c, { span: token.span, parts: [{ span: token.span, name: token.text }] });
  }
  if (!called && isNiladicWord(token.word)) return parseNiladicCall(c);
  throw c.unexpected('an expression');
}

type Primary = (c: Cursor) => ExpressionNode | null;

/** Operands that begin with a word of their own; null where the word is not meant so here. */
const PRIMARIES: ReadonlyMap<string, Primary> = new Map<string, Primary>([
  ['CASE', parseCase],
  ['CAST', (c) => parseCast(c, false)],
  ['TRY_CAST', (c) => parseCast(c, true)],
  ['EXISTS', parseExists],
  ['ROW', parseRow],
  ['ARRAY', (c) => parseCollection(c, 'ARRAY')],
  ['MULTISET', (c) => parseCollection(c, 'MULTISET')],
  ['MAP', parseMap],
  ['SELECT', parseBareQuery],
  ['PERIOD', refuse('PERIOD')],
  ['UNIQUE', refuse('UNIQUE')],
  ['CURSOR', refuse('CURSOR')],
  ...['CLASSIFIER', 'MATCH_NUMBER', 'PREV'].map((word): [string, Primary] => [word, refuseCall(word)]),
  ...[...SPECIAL_CALLS, ...JSON_CALLS].map(([word, parse]): [string, Primary] => [
    word,
    (c) => (c.isSymbol('(', 1) ? parse(c) : null),
  ]),
]);

function refuse(what: string): Primary {
  return (c) => {
    throw c.unsupported(c.peek().span, what);
  };
}

/** Functions of MATCH_RECOGNIZE. */
function refuseCall(what: string): Primary {
  return (c) => (c.isSymbol('(', 1) ? refuse(`${what}, which belongs to MATCH_RECOGNIZE,`)(c) : null);
}

function parseBareQuery(c: Cursor): ExpressionNode {
  throw c.error(c.peek().span, 'a query inside an expression stands in parentheses');
}

function parseCase(c: Cursor): ExpressionNode {
  const start = c.start();
  c.expect('CASE');
  const operand = c.isWord('WHEN') ? null : parseExpression(c);
  const branches: CaseBranch[] = [];
  do branches.push(parseBranch(c, operand !== null));
  while (c.isWord('WHEN'));
  const otherwise = c.accept('ELSE') ? parseExpression(c) : null;
  c.want('WHEN');
  c.expect('END');
  return { kind: 'case', operand, branches, otherwise, span: c.spanFrom(start) };
}

function parseBranch(c: Cursor, several: boolean): CaseBranch {
  const start = c.start();
  c.expect('WHEN');
  const when = several ? parseExpressions(c) : [parseExpression(c)];
  c.expect('THEN');
  const then = parseExpression(c);
  return { when, then, span: c.spanFrom(start) };
}

function parseCast(c: Cursor, safe: boolean): ExpressionNode {
  const start = c.start();
  c.next();
  c.expectSymbol('(');
  const operand = parseExpression(c);
  c.expect('AS');
  const type = parseNullableType(c);
  c.expectSymbol(')');
  return { kind: 'cast', operand, type, safe, span: c.spanFrom(start) };
}

function parseExists(c: Cursor): ExpressionNode {
  const start = c.start();
  c.expect('EXISTS');
  const query = parseSubquery(c);
  return { kind: 'exists', query, span: c.spanFrom(start) };
}

function parseRow(c: Cursor): ExpressionNode {
  const start = c.start();
  c.expect('ROW');
  c.expectSymbol('(');
  const items = parseExpressions(c);
  c.expectSymbol(')');
  return { kind: 'row', items, span: c.spanFrom(start) };
}

/** `ARRAY[a, b]` or `ARRAY(query)`. */
function parseCollection(c: Cursor, collection: 'ARRAY' | 'MULTISET'): ExpressionNode {
  const start = c.start();
  c.next();
  if (c.isSymbol('(')) return parseCollectionQuery(c, collection, start);
  const items = parseBracketed(c, collection === 'ARRAY');
  const kind = collection === 'ARRAY' ? 'array' : 'multiset';
  return { kind, items, span: c.spanFrom(start) };
}

/** `MAP[k, v]` or `MAP(query)`; else MAP is a name. */
function parseMap(c: Cursor): ExpressionNode | null {
  const start = c.start();
  if (c.isSymbol('(', 1)) {
    if (!atQuery(c, 2)) return null;
    c.next();
    return parseCollectionQuery(c, 'MAP', start);
  }
  if (!c.isSymbol('[', 1)) return null;
  c.next();
  const items = parseBracketed(c);
  if (items.length % 2 !== 0) {
    throw c.error(items.at(-1)!.span, 'this key has no value', { hint: 'A map is MAP[key, value, …].' });
  }
  const entries = Array.from({ length: items.length / 2 }, (_, i) => ({
    key: items[2 * i]!,
    value: items[2 * i + 1]!,
  }));
  return { kind: 'map', entries, span: c.spanFrom(start) };
}

function parseCollectionQuery(
  c: Cursor,
  collection: 'ARRAY' | 'MULTISET' | 'MAP',
  start: number,
): ExpressionNode {
  const query = parseSubquery(c);
  return { kind: 'collection_query', collection, query, span: c.spanFrom(start) };
}

function parseBracketed(c: Cursor, allowEmpty = true): ExpressionNode[] {
  c.expectSymbol('[');
  if (c.isSymbol(']') && allowEmpty) {
    c.next();
    return [];
  }
  const items = parseExpressions(c);
  c.expectSymbol(']');
  return items;
}
