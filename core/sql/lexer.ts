/** Cuts SQL text into tokens with spans. Lexical rules are Flink's: backticks for names, single quotes for strings. */
import { backticked } from '../text/backticked.js';
import { lexString } from './lexer-strings.js';
import { isReservedWord } from './reserved-words.js';
import type { Span } from './span.js';
import { sqlErrorAt } from './sql-error.js';

/**
 * A piece of SQL text. `word` is the upper-case form of an unquoted word and empty for all other kinds.
 *
 * - `word`: a keyword or a name without quotes; `text` as written
 * - `name`: a name in backticks; `text` is the name
 * - `string`, `binary`: a literal; `text` is its value (hexadecimal digits in upper case for `binary`)
 * - `body`: text between `$$` and `$$`
 * - `integer`, `decimal`, `approximate`: a number; `text` as written
 * - `symbol`: an operator or punctuation, the hint brackets included
 * - `end`: the end of the text, always the last token
 */
export interface Token {
  readonly kind:
    | 'word'
    | 'name'
    | 'string'
    | 'binary'
    | 'body'
    | 'integer'
    | 'decimal'
    | 'approximate'
    | 'symbol'
    | 'end';
  readonly text: string;
  readonly word: string;
  readonly span: Span;
}

/** What a string lexer gives: the value and the offset behind the literal. */
export interface Lexeme {
  readonly kind: 'string' | 'binary' | 'body';
  readonly text: string;
  readonly end: number;
}

/**
 * All tokens of the text, comments and white space left out, in linear time.
 * @throws {SqlError} `SQL_SYNTAX` for an unclosed quote or comment, or a character that SQL does not have.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let inHint = false;
  while (true) {
    offset = skipBlank(sql, offset);
    if (offset >= sql.length) break;
    const token = lexToken(sql, offset, inHint);
    if (token.text === '/*+' && token.kind === 'symbol') inHint = true;
    if (token.text === '*/' && token.kind === 'symbol') inHint = false;
    tokens.push(token);
    offset = token.span.end;
  }
  tokens.push({ kind: 'end', text: '', word: '', span: { start: sql.length, end: sql.length } });
  return tokens;
}

/** A name as it must be written in SQL: in backticks if it is no plain word, or a reserved one. */
export function quoteName(name: string): string {
  const plain = matchAt(WORD, name, 0)?.[0] === name && !name.startsWith('$$');
  return plain && !isReservedWord(name) ? name : backticked(name);
}

// No pattern repeats a group: on long texts the engine would overflow.
const BLANK = /\s+|--[^\n\r]*|\/\/[^\n\r]*/y;
const WORD = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\/\*\+|=>|<=|>=|<>|!=|\|\||::|->|[-+*/%=<>(){}[\],.;:?]/y;

/** Behind white space and comments; `/*+` opens a hint and is no comment. */
function skipBlank(sql: string, start: number): number {
  let offset = start;
  while (true) {
    for (let blank = matchAt(BLANK, sql, offset); blank !== null; blank = matchAt(BLANK, sql, offset)) {
      offset += blank[0].length;
    }
    if (!sql.startsWith('/*', offset) || sql[offset + 2] === '+') return offset;
    const close = sql.indexOf('*/', offset + 2);
    if (close < 0) {
      throw sqlErrorAt(sql, { start: offset, end: offset + 2 }, 'this comment is not closed', {
        hint: 'Close it with */.',
      });
    }
    offset = close + 2;
  }
}

function lexToken(sql: string, start: number, inHint: boolean): Token {
  const literal = lexString(sql, start);
  if (literal !== null) {
    return { kind: literal.kind, text: literal.text, word: '', span: { start, end: literal.end } };
  }
  const make = (kind: Token['kind'], text: string, length: number): Token => ({
    kind,
    text,
    word: kind === 'word' ? upperCase(text) : '',
    span: { start, end: start + length },
  });
  const word = matchAt(WORD, sql, start)?.[0];
  if (word !== undefined) return make('word', word, word.length);
  if (sql[start] === '`') return lexName(sql, start);
  const number = matchAt(NUMBER, sql, start)?.[0];
  if (number !== undefined) return make(numberKind(number), number, number.length);
  if (inHint && sql.startsWith('*/', start)) return make('symbol', '*/', 2);
  const symbol = matchAt(SYMBOL, sql, start)?.[0];
  if (symbol !== undefined) return make('symbol', symbol, symbol.length);
  throw strangeCharacter(sql, start);
}

/** A name in backticks; a backtick inside it is written twice. */
function lexName(sql: string, start: number): Token {
  let close = sql.indexOf('`', start + 1);
  while (close >= 0 && sql[close + 1] === '`') close = sql.indexOf('`', close + 2);
  const text = close < 0 ? '' : sql.slice(start + 1, close).replaceAll('``', '`');
  if (text !== '' && !/[\n\r]/.test(text)) {
    return { kind: 'name', text, word: '', span: { start, end: close + 1 } };
  }
  throw sqlErrorAt(sql, { start, end: start + 1 }, 'this name is not closed', {
    hint: 'A name in backticks is not empty and ends with a backtick on the same line.',
  });
}

/** Keywords are ASCII: letters that only become ASCII in upper case (ı, ſ) make no keyword. */
function upperCase(word: string): string {
  return /^[\w$]*$/.test(word) ? word.toUpperCase() : word;
}

function numberKind(text: string): 'integer' | 'decimal' | 'approximate' {
  if (/[eE]/.test(text)) return 'approximate';
  return text.includes('.') ? 'decimal' : 'integer';
}

function matchAt(pattern: RegExp, sql: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(sql);
}

function strangeCharacter(sql: string, start: number): Error {
  const character = String.fromCodePoint(sql.codePointAt(start)!);
  const span = { start, end: start + character.length };
  const shown = /[\p{C}\p{Z}]/u.test(character)
    ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
    : character;
  return sqlErrorAt(sql, span, `SQL has no character ${shown}`, {
    hint: characterHint(sql, start, character),
  });
}

function characterHint(sql: string, start: number, character: string): string | null {
  const quoted = /"([^"\n]*)"/y;
  quoted.lastIndex = start;
  const name = quoted.exec(sql)?.[1];
  if (name) return `Names are quoted with backticks, \`${name}\`, and strings with single quotes, '${name}'.`;
  const hints: Record<string, string> = {
    '"': 'Names are quoted with backticks and strings with single quotes.',
    '!': 'Not equal is <>, negation is NOT.',
    '&': 'The conjunction is AND, concatenation is ||.',
    '|': 'The disjunction is OR, concatenation is ||.',
    '^': 'The power of a number is POWER(x, y).',
    '~': 'A regular expression is matched by REGEXP(text, pattern).',
    '‘': 'Strings are quoted with straight single quotes.',
    '’': 'Strings are quoted with straight single quotes.',
    '“': 'Names are quoted with backticks and strings with straight single quotes.',
    '”': 'Names are quoted with backticks and strings with straight single quotes.',
  };
  return hints[character] ?? null;
}
