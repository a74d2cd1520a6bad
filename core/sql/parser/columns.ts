/** What stands in the parentheses of CREATE TABLE: columns, watermark, constraints. */
import type {
  ColumnDefinition,
  ExpressionNode,
  Identifier,
  PrimaryKeyDefinition,
  QueryNode,
  WatermarkDefinition,
} from '../ast.js';
import type { Span } from '../span.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseColumnList, parseComment, parseIdentifier, parseObjectName, parseString } from './names.js';
import { parseColumnType } from './types.js';

/** Collects the elements and refuses what may stand there only once. */
export interface TableElements {
  columns: ColumnDefinition[];
  watermark: WatermarkDefinition | null;
  primaryKey: PrimaryKeyDefinition | null;
}

/** One element, added to `elements`; the column, if it is one. */
export function parseTableElement(c: Cursor, elements: TableElements): ColumnDefinition | null {
  const start = c.start();
  if (c.isWord('WATERMARK')) {
    const watermark = parseWatermark(c);
    if (elements.watermark !== null) throw c.error(watermark.span, 'a table has at most one watermark');
    elements.watermark = watermark;
    return null;
  }
  if (c.isWord('CONSTRAINT') || c.isWord('PRIMARY') || c.isWord('UNIQUE')) {
    addPrimaryKey(c, elements, parseTableConstraint(c));
    return null;
  }
  const name = parseIdentifier(c, 'a column name');
  const column = parseColumn(c, elements, name, start);
  elements.columns.push(column);
  return column;
}

function parseColumn(c: Cursor, elements: TableElements, name: Identifier, start: number): ColumnDefinition {
  if (c.accept('AS')) {
    const expression = parseWithoutQuery(c, 'a computed column');
    const comment = parseComment(c);
    return { kind: 'computed_column', name, expression, comment, span: c.spanFrom(start) };
  }
  const type = parseColumnType(c);
  if (c.accept('METADATA')) {
    const key = c.accept('FROM') ? parseString(c) : null;
    const virtual = c.accept('VIRTUAL');
    const comment = parseComment(c);
    return { kind: 'metadata_column', name, type, key, virtual, comment, span: c.spanFrom(start) };
  }
  const constraint = parseColumnConstraint(c, name);
  if (constraint !== null) addPrimaryKey(c, elements, constraint);
  const comment = parseComment(c);
  return { kind: 'physical_column', name, type, comment, span: c.spanFrom(start) };
}

function addPrimaryKey(c: Cursor, elements: TableElements, key: PrimaryKeyDefinition): void {
  if (elements.primaryKey !== null) throw c.error(key.span, 'a table has at most one primary key');
  elements.primaryKey = key;
}

function parseWatermark(c: Cursor): WatermarkDefinition {
  const start = c.start();
  c.expect('WATERMARK', 'FOR');
  const column = parseObjectName(c, 'a column');
  c.expect('AS');
  const expression = parseWithoutQuery(c, 'a watermark');
  return { column, expression, span: c.spanFrom(start) };
}

/** An expression over the columns of one row. */
function parseWithoutQuery(c: Cursor, what: string): ExpressionNode {
  const expression = parseExpression(c);
  const query = queryInside(expression);
  if (query === null) return expression;
  throw c.error(query, `${what} reads the columns of its row and holds no query`, {
    hint: 'A view may: CREATE VIEW v AS SELECT …, (SELECT …) FROM t.',
  });
}

function queryInside(expression: ExpressionNode): Span | null {
  const stack: object[] = [expression];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if ('kind' in node && node.kind === 'query') return (node as QueryNode).span;
    for (const value of Object.values(node))
      if (typeof value === 'object' && value !== null) stack.push(value);
  }
  return null;
}

/** PRIMARY KEY at a column. */
function parseColumnConstraint(c: Cursor, column: Identifier): PrimaryKeyDefinition | null {
  const start = c.start();
  const name = c.accept('CONSTRAINT') ? parseIdentifier(c, "a constraint's name") : null;
  if (c.isWord('UNIQUE')) throw uniqueKey(c);
  if (name === null && !c.accept('PRIMARY')) return null;
  if (name !== null) c.expect('PRIMARY');
  c.expect('KEY');
  const enforced = parseEnforced(c);
  return { name, columns: [column], enforced, span: c.spanFrom(start) };
}

/** `[CONSTRAINT name] PRIMARY KEY (columns) [[NOT] ENFORCED]`. */
function parseTableConstraint(c: Cursor): PrimaryKeyDefinition {
  const start = c.start();
  const name = c.accept('CONSTRAINT') ? parseIdentifier(c, "a constraint's name") : null;
  if (c.isWord('UNIQUE')) throw uniqueKey(c);
  c.expect('PRIMARY', 'KEY');
  const columns = parseColumnList(c);
  const enforced = parseEnforced(c);
  return { name, columns, enforced, span: c.spanFrom(start) };
}

function uniqueKey(c: Cursor): Error {
  return c.unsupported(c.peek().span, 'UNIQUE', 'The key of a table is PRIMARY KEY (…) NOT ENFORCED.');
}

function parseEnforced(c: Cursor): boolean {
  if (c.accept('NOT')) {
    c.expect('ENFORCED');
    return false;
  }
  c.accept('ENFORCED');
  return true;
}
