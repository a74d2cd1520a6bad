/** Names, string literals, lists and options: the small parts that all statements are made of. */
import type { Identifier, ObjectName, OptionNode, StringNode, TableAlias } from '../ast.js';
import { isReservedWord } from '../reserved-words.js';
import type { Cursor } from './cursor.js';

/** Whether a name is at the cursor: in backticks, or a word that is not reserved. */
export function atIdentifier(c: Cursor, ahead = 0): boolean {
  const token = c.peek(ahead);
  return token.kind === 'name' || (token.kind === 'word' && !isReservedWord(token.text));
}

/** One name. `what` says in the error what it would name. */
export function parseIdentifier(c: Cursor, what = 'a name'): Identifier {
  if (!atIdentifier(c)) throw c.unexpected(what);
  const token = c.next();
  return { span: token.span, name: token.text };
}

/** `a.b.c`. */
export function parseObjectName(c: Cursor, what = 'a name'): ObjectName {
  const start = c.start();
  const parts = [parseIdentifier(c, what)];
  while (c.isSymbol('.')) {
    c.next();
    parts.push(parseIdentifier(c));
  }
  return { span: c.spanFrom(start), parts };
}

/** One or more, with commas between. */
export function parseCommaList<T>(c: Cursor, parse: () => T): T[] {
  const items = [parse()];
  while (c.acceptSymbol(',')) items.push(parse());
  return items;
}

/** `(` one or more with commas `)`. */
export function parseParenthesizedList<T>(c: Cursor, parse: () => T): T[] {
  c.expectSymbol('(');
  const items = parseCommaList(c, parse);
  c.expectSymbol(')');
  return items;
}

/** `(a, b)`. */
export function parseColumnList(c: Cursor): Identifier[] {
  return parseParenthesizedList(c, () => parseIdentifier(c, 'a column name'));
}

/** A string literal. */
export function parseString(c: Cursor, what = 'a string'): StringNode {
  const token = c.expectKind('string', what);
  return { span: token.span, value: token.text };
}

/** `COMMENT 'text'`, if it is there. */
export function parseComment(c: Cursor): StringNode | null {
  return c.accept('COMMENT') ? parseString(c) : null;
}

/** A whole number without sign. */
export function parseInteger(c: Cursor): number {
  const token = c.expectKind('integer', 'a whole number');
  const value = Number(token.text);
  if (value > MAX_INT) throw c.error(token.span, `the largest number here is ${MAX_INT}`);
  return value;
}

const MAX_INT = 2147483647;

/** `('k' = 'v', …)`; may be empty. */
export function parseOptions(c: Cursor): OptionNode[] {
  c.expectSymbol('(');
  if (c.acceptSymbol(')')) return [];
  const options = parseCommaList(c, () => parseOption(c));
  c.expectSymbol(')');
  return options;
}

/** `'k' = 'v'`. */
export function parseOption(c: Cursor): OptionNode {
  const start = c.start();
  const key = parseString(c, "a key in single quotes, 'key' = 'value'");
  c.expectSymbol('=');
  const value = parseString(c, 'a value in single quotes');
  return { span: c.spanFrom(start), key, value };
}

/** `[AS] t [(a, b)]`, null if there is none. */
export function parseTableAlias(c: Cursor): TableAlias | null {
  const start = c.start();
  if (!c.accept('AS') && !atIdentifier(c)) return null;
  const name = parseIdentifier(c, 'a name for the table');
  const columns = c.isSymbol('(') ? parseColumnList(c) : [];
  return { span: c.spanFrom(start), name, columns };
}

/** Whether IF NOT EXISTS is there. */
export function parseIfNotExists(c: Cursor): boolean {
  return c.accept('IF', 'NOT', 'EXISTS');
}

/** Whether IF EXISTS is there. */
export function parseIfExists(c: Cursor): boolean {
  return c.accept('IF', 'EXISTS');
}
