/** Queries: WITH, set operations by precedence, ORDER BY, LIMIT, OFFSET, FETCH. */
import type {
  CommonTable,
  ExpressionNode,
  QueryBody,
  QueryNode,
  SetOperationNode,
  ValuesNode,
  ValuesRow,
} from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseColumnList, parseCommaList, parseIdentifier, parseObjectName } from './names.js';
import { parseOrderBy } from './order-by.js';
import { parseSubquery } from './primary.js';
import { parseSelect } from './select.js';

/** Whether the word here begins a query. A query may also begin with a parenthesis. */
export function atQuery(c: Cursor, ahead = 0): boolean {
  const { word } = c.peek(ahead);
  if (word === 'TABLE') return !c.isSymbol('(', ahead + 1);
  return word === 'SELECT' || word === 'WITH' || word === 'VALUES';
}

/** Whether what has been read as a query in parentheses goes on as a larger query. */
export function atContinuation(c: Cursor): boolean {
  return CONTINUATIONS.has(c.peek().word);
}

/** A whole query. */
export function parseQuery(c: Cursor): QueryNode {
  return c.nested(() => {
    const start = c.start();
    const withs = parseWith(c);
    return parseTail(c, parseBody(c, 0), start, withs);
  });
}

/** Goes on with a query in parentheses that has been read; `start` is where that began. */
export function continueQuery(c: Cursor, first: QueryNode, start: number): QueryNode {
  return parseTail(c, continueBody(c, bare(first), 0, start), start);
}

const SET_OPERATORS: ReadonlyMap<string, { operator: SetOperationNode['operator']; binding: number }> =
  new Map([
    ['UNION', { operator: 'UNION', binding: 1 }],
    ['EXCEPT', { operator: 'EXCEPT', binding: 1 }],
    ['INTERSECT', { operator: 'INTERSECT', binding: 2 }],
  ]);

const CONTINUATIONS = new Set([...SET_OPERATORS.keys(), 'ORDER', 'LIMIT', 'OFFSET', 'FETCH']);

/** A query that has only a body is that body. */
function bare(query: QueryNode): QueryBody {
  const plain =
    query.with.length === 0 && query.orderBy.length === 0 && query.limit === null && query.offset === null;
  return plain ? query.body : query;
}

type With = Pick<QueryNode, 'with' | 'recursive'>;

function parseWith(c: Cursor): With | null {
  if (!c.accept('WITH')) return null;
  const recursive = c.accept('RECURSIVE');
  return { recursive, with: parseCommaList(c, () => parseCommonTable(c)) };
}

function parseCommonTable(c: Cursor): CommonTable {
  const start = c.start();
  const name = parseIdentifier(c, 'a name for the query');
  const columns = c.isSymbol('(') ? parseColumnList(c) : [];
  c.expect('AS');
  const query = parseSubquery(c);
  return { name, columns, query, span: c.spanFrom(start) };
}

function parseBody(c: Cursor, least: number): QueryBody {
  const start = c.start();
  return continueBody(c, parseBodyPrimary(c), least, start);
}

function continueBody(c: Cursor, first: QueryBody, least: number, start: number): QueryBody {
  let left = first;
  while (true) {
    c.want('UNION');
    const found = SET_OPERATORS.get(c.peek().word);
    if (found === undefined || found.binding < least) return left;
    c.next();
    const all = c.acceptOneOf('ALL', 'DISTINCT') === 'ALL';
    const right = parseBody(c, found.binding + 1);
    left = { kind: 'set_operation', operator: found.operator, all, left, right, span: c.spanFrom(start) };
  }
}

function parseBodyPrimary(c: Cursor): QueryBody {
  const start = c.start();
  if (c.isWord('SELECT')) return parseSelect(c);
  if (c.isWord('VALUES')) return parseValues(c);
  if (c.isSymbol('(')) return bare(parseSubquery(c));
  if (c.isWord('TABLE')) {
    c.next();
    return { kind: 'table_query', name: parseObjectName(c, 'a table'), span: c.spanFrom(start) };
  }
  if (c.isWord('WITH')) {
    throw c.error(c.peek().span, 'WITH begins a whole query', { hint: 'Put this query in parentheses.' });
  }
  throw c.unexpected('a query');
}

function parseValues(c: Cursor): ValuesNode {
  const start = c.start();
  c.expect('VALUES');
  const rows = parseCommaList(c, () => parseValuesRow(c));
  return { kind: 'values', rows, span: c.spanFrom(start) };
}

/** `(a, b)`, `ROW(a, b)` or a single value; `(ROW(a, b))` is one value that is a row. */
function parseValuesRow(c: Cursor): ValuesRow {
  const start = c.start();
  const doubled = c.isSymbol('(') && (c.isSymbol('(', 1) || (c.isWord('ROW', 1) && c.isSymbol('(', 2)));
  const value = parseExpression(c);
  const single = doubled && value.kind === 'row' && c.sql[value.span.start] !== '(';
  const items: readonly ExpressionNode[] = value.kind === 'row' && !single ? value.items : [value];
  return { items, span: c.spanFrom(start) };
}

/** ORDER BY, LIMIT, OFFSET, FETCH; what has none of them stays what it is. */
function parseTail(c: Cursor, body: QueryBody, start: number, withs: With | null = null): QueryNode {
  const orderBy = parseOrderBy(c);
  const { limit, offset } = parseLimit(c);
  const plain = withs === null && orderBy.length === 0 && limit === undefined && offset === null;
  if (plain && body.kind === 'query') return body;
  return {
    kind: 'query',
    ...(withs ?? { recursive: false, with: [] }),
    body,
    orderBy,
    offset,
    limit: limit ?? null,
    span: c.spanFrom(start),
  };
}

/** `limit` is undefined where nothing is written, null for LIMIT ALL. */
function parseLimit(c: Cursor): { limit: ExpressionNode | null | undefined; offset: ExpressionNode | null } {
  let limit: ExpressionNode | null | undefined;
  if (c.accept('LIMIT')) limit = c.accept('ALL') ? null : parseCount(c);
  let offset: ExpressionNode | null = null;
  if (c.accept('OFFSET')) {
    offset = parseCount(c);
    if (c.isWord('ROWS') || c.isWord('ROW')) c.next();
    if (limit === undefined && c.isWord('LIMIT')) {
      throw c.error(c.peek().span, 'LIMIT stands before OFFSET', { hint: 'Write LIMIT count OFFSET start.' });
    }
  }
  if (limit === undefined && c.accept('FETCH')) {
    c.expectOneOf('FIRST', 'NEXT');
    limit = parseCount(c);
    c.expectOneOf('ROWS', 'ROW');
    c.expect('ONLY');
  }
  return { limit, offset };
}

function parseCount(c: Cursor): ExpressionNode {
  const token = c.expectKind('integer', 'a whole number');
  return { kind: 'literal', type: 'integer', value: token.text, span: token.span };
}
