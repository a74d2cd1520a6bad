/** FROM: tables, subqueries, table functions, UNNEST, and the joins between them. */
import type { ExpressionNode, FromNode, JoinType, ObjectName, QueryNode } from '../ast.js';
import { parseCall } from './call.js';
import type { Cursor } from './cursor.js';
import { parseExpression, parseExpressions } from './expression.js';
import { parseHints } from './hints.js';
import { parseColumnList, parseObjectName, parseTableAlias } from './names.js';
import { parseSubquery } from './primary.js';
import { atContinuation, atQuery, continueQuery, parseQuery } from './query.js';

/** What follows the word FROM. */
export function parseFrom(c: Cursor): FromNode {
  const start = c.start();
  let left = continueJoins(c, parseTable(c), start);

  while (c.acceptSymbol(',')) {
    const rightStart = c.start();
    const right = continueJoins(c, parseTable(c), rightStart);
    left = {
      kind: 'join',
      type: 'comma',
      natural: false,
      left,
      right,
      on: null,
      using: null,
      span: c.spanFrom(start),
    };
  }
  return left;
}

function continueJoins(c: Cursor, first: FromNode, start: number): FromNode {
  let left = first;
  while (true) {
    const join = parseJoinWord(c);
    if (join === null) return left;
    const right = parseTable(c);
    const condition = parseJoinCondition(c, join);
    left = { kind: 'join', ...join, left, right, ...condition, span: c.spanFrom(start) };
  }
}

/** The words up to JOIN; null if none of them is next. */
function parseJoinWord(c: Cursor): { type: JoinType; natural: boolean } | null {
  c.want('JOIN');
  const natural = c.isWord('NATURAL');
  if (natural) c.next();
  const type = JOIN_WORDS.get(c.peek().word);
  if (type === undefined || (natural && type === 'cross')) {
    if (natural) throw c.unexpected('JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL');
    return null;
  }
  if (!c.isWord('JOIN')) c.next();
  if (type !== 'inner' && type !== 'cross') c.accept('OUTER');
  c.expect('JOIN');
  return { type, natural };
}

function parseJoinCondition(
  c: Cursor,
  join: { type: JoinType; natural: boolean },
): { on: ExpressionNode | null; using: ReturnType<typeof parseColumnList> | null } {
  if (join.natural || join.type === 'cross') return { on: null, using: null };
  if (c.accept('USING')) return { on: null, using: parseColumnList(c) };
  if (c.accept('ON')) return { on: parseExpression(c), using: null };
  throw c.error(c.peek().span, c.unexpected().message, {
    hint: 'A join needs ON condition or USING (columns); all pairs of rows are CROSS JOIN.',
  });
}

const JOIN_WORDS: ReadonlyMap<string, JoinType> = new Map([
  ['JOIN', 'inner'],
  ['INNER', 'inner'],
  ['LEFT', 'left'],
  ['RIGHT', 'right'],
  ['FULL', 'full'],
  ['CROSS', 'cross'],
]);

function parseTable(c: Cursor): FromNode {
  const start = c.start();
  const table = parseTablePrimary(c);
  refuseBehind(c);
  if (table.kind !== 'join') return table;
  // A join in parentheses.
  return { ...table, span: c.spanFrom(start) };
}

function parseTablePrimary(c: Cursor): FromNode {
  const start = c.start();
  if (c.accept('LATERAL')) return parseLateral(c, start);
  if (c.isWord('TABLE') && c.isSymbol('(', 1)) return parseTableFunction(c, false, start);
  if (c.isWord('UNNEST')) return parseUnnest(c, start);
  if (c.isSymbol('(')) return parseGroup(c);
  if (c.isWord('TABLE')) throw c.error(c.peek().span, 'TABLE stands before parentheses: TABLE(f(…))');
  if (atQuery(c)) throw c.error(c.peek().span, 'a query in FROM stands in parentheses');
  const name = parseObjectName(c, 'a table');
  if (c.isSymbol('(')) return parsePlainFunction(c, name, false, start);
  const hints = parseHints(c);
  const systemTime = parseSystemTime(c);
  const alias = parseTableAlias(c);
  return { kind: 'table', name, hints, systemTime, alias, span: c.spanFrom(start) };
}

function parseSystemTime(c: Cursor): ExpressionNode | null {
  if (!c.isWord('FOR')) return null;
  c.expect('FOR', 'SYSTEM_TIME', 'AS', 'OF');
  return parseExpression(c);
}

/** `LATERAL (query)`, `LATERAL TABLE(f(…))` or `LATERAL f(…)`; the word LATERAL has been read. */
function parseLateral(c: Cursor, start: number): FromNode {
  if (c.isWord('TABLE')) return parseTableFunction(c, true, start);
  if (c.isSymbol('(')) return derivedTable(c, parseSubquery(c), true, start);
  if (c.isWord('UNNEST')) return parseUnnest(c, start);
  return parsePlainFunction(c, parseObjectName(c, "TABLE(…), a function or '('"), true, start);
}

/** `TABLE(f(…))`. */
function parseTableFunction(c: Cursor, lateral: boolean, start: number): FromNode {
  c.expect('TABLE');
  c.expectSymbol('(');
  const name = parseObjectName(c, "a table function's name");
  const call = parseCall(c, name);
  c.expectSymbol(')');
  return { kind: 'table_function', lateral, call, alias: parseTableAlias(c), span: c.spanFrom(start) };
}

function parsePlainFunction(c: Cursor, name: ObjectName, lateral: boolean, start: number): FromNode {
  const call = parseCall(c, name);
  return { kind: 'table_function', lateral, call, alias: parseTableAlias(c), span: c.spanFrom(start) };
}

function parseUnnest(c: Cursor, start: number): FromNode {
  c.expect('UNNEST');
  c.expectSymbol('(');
  const operands = parseExpressions(c);
  c.expectSymbol(')');
  const withOrdinality = c.accept('WITH');
  if (withOrdinality) c.expect('ORDINALITY');
  const alias = parseTableAlias(c);
  return { kind: 'unnest', operands, withOrdinality, alias, span: c.spanFrom(start) };
}

function derivedTable(c: Cursor, query: QueryNode, lateral: boolean, start: number): FromNode {
  return { kind: 'derived_table', lateral, query, alias: parseTableAlias(c), span: c.spanFrom(start) };
}

/** `(query) alias`, or joins in parentheses. */
function parseGroup(c: Cursor): FromNode {
  const start = c.start();
  const content = parseParenthesized(c);
  return content.kind === 'query' ? derivedTable(c, content, false, start) : content;
}

/**
 * Reads `( … )`: a query or a FROM. As in expressions, a second parenthesis may begin either, so that what is inside
 * is read first and then taken up.
 */
function parseParenthesized(c: Cursor): QueryNode | FromNode {
  return c.nested(() => {
    c.expectSymbol('(');
    const content = parseContent(c);
    c.expectSymbol(')');
    return content;
  });
}

function parseContent(c: Cursor): QueryNode | FromNode {
  if (atQuery(c)) return parseQuery(c);
  const start = c.start();
  if (!c.isSymbol('(')) return joinOnly(c, continueJoins(c, parseTable(c), start));
  const inner = parseParenthesized(c);
  if (inner.kind === 'query' && (c.isSymbol(')') || atContinuation(c))) return continueQuery(c, inner, start);
  const table = inner.kind === 'query' ? derivedTable(c, inner, false, start) : inner;
  refuseBehind(c);
  return joinOnly(c, continueJoins(c, table, start));
}

/** A single table does not stand in parentheses. */
function joinOnly(c: Cursor, from: FromNode): FromNode {
  if (from.kind === 'join') return from;
  throw c.error(c.peek().span, c.unexpected('JOIN').message, {
    hint: 'A single table stands without parentheses.',
  });
}

/** Clauses of tables that Flink's grammar has and Millstream has not. */
const REFUSED: Readonly<Record<string, string | null>> = {
  MATCH_RECOGNIZE: 'Write the pattern as a Python function over the ordered rows of each key.',
  TABLESAMPLE: 'Filter with WHERE RAND() < fraction.',
  PIVOT: 'Write one aggregate with FILTER (WHERE …) for each column.',
  UNPIVOT: 'Write one SELECT for each column and UNION ALL them.',
};

function refuseBehind(c: Cursor): void {
  const { word, span } = c.peek();
  const hint = REFUSED[word];
  if (hint !== undefined) throw c.unsupported(span, word, hint);
}
