/** The doors of the parser: text to syntax tree. */
import { SqlError } from '../errors.js';
import type { ExpressionNode, Statement, TypeNode } from './ast.js';
import { Cursor } from './parser/cursor.js';
import { checkDepth } from './parser/depth.js';
import { parseExpression as expression } from './parser/expression.js';
import { beginsStatement, parseStatementAt } from './parser/statement.js';
import { parseDataType } from './parser/types.js';

/**
 * All statements of a script, in order; empty ones are left out. `sql.slice(span.start, span.end)` is the text of one.
 * @throws {SqlError} `SQL_SYNTAX`, `SQL_UNSUPPORTED` or `SQL_TOO_DEEP`, with line, column and length in its details.
 */
export function parseScript(sql: string): Statement[] {
  const c = new Cursor(sql);
  const statements: Statement[] = [];
  while (true) {
    while (c.acceptSymbol(';'));
    if (c.isEnd()) return statements;
    statements.push(nextStatement(c));
  }
}

/**
 * As `parseScript`, with an error in the place of each statement that is wrong; the next one begins after its semicolon
 * (of a statement set, after its END). Text that has no tokens is one error.
 */
export function parseEach(sql: string): (Statement | SqlError)[] {
  const found: (Statement | SqlError)[] = [];
  try {
    const c = new Cursor(sql);
    while (true) {
      while (c.acceptSymbol(';'));
      if (c.isEnd()) return found;
      const isSet = c.isWord('BEGIN') || (c.isWord('EXECUTE') && c.isWord('STATEMENT', 1));
      try {
        found.push(nextStatement(c));
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        found.push(error);
        while (!c.isEnd() && !(c.isSymbol(';') && (!isSet || c.previous()?.word === 'END'))) c.next();
      }
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return [...found, error];
  }
}

function nextStatement(c: Cursor): Statement {
  const statement = parseStatementAt(c);
  checkDepth(c.sql, statement);
  if (!c.isEnd() && !c.isSymbol(';')) throw endExpected(c);
  return statement;
}

/**
 * Exactly one statement; a semicolon may follow it.
 * @throws {SqlError} as `parseScript`.
 */
export function parseStatement(sql: string): Statement {
  const c = new Cursor(sql);
  const statement = parseStatementAt(c);
  while (c.acceptSymbol(';'));
  if (!c.isEnd()) throw endExpected(c);
  checkDepth(sql, statement);
  return statement;
}

/**
 * Exactly one scalar expression.
 * @throws {SqlError} as `parseScript`.
 */
export function parseExpression(sql: string): ExpressionNode {
  return whole(sql, expression);
}

/**
 * Exactly one type, `INT NOT NULL`.
 * @throws {SqlError} as `parseScript`.
 */
export function parseType(sql: string): TypeNode {
  return whole(sql, parseDataType);
}

function whole<T extends object>(sql: string, parse: (c: Cursor) => T): T {
  const c = new Cursor(sql);
  const parsed = parse(c);
  if (!c.isEnd()) throw endExpected(c);
  checkDepth(sql, parsed);
  return parsed;
}

function endExpected(c: Cursor): Error {
  c.want('the end');
  const { message, hint } = c.unexpected();
  return c.error(c.peek().span, message, { hint: endHint(c) ?? hint });
}

function endHint(c: Cursor): string | null {
  const { word } = c.peek();
  if (word === 'UNION' || word === 'EXCEPT' || word === 'INTERSECT') {
    return 'A query with ORDER BY or LIMIT stands in parentheses before a set operation.';
  }
  return beginsStatement(word) ? 'Statements are separated by semicolons.' : null;
}
