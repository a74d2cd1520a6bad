/** String literals: '…' with '' inside, N'…', _UTF8'…', E'…' with backslashes, U&'…', X'…', and $$ … $$. */
import type { Lexeme } from './lexer.js';
import { sqlErrorAt } from './sql-error.js';

/** The literal that starts at the offset, null where none does. */
export function lexString(sql: string, start: number): Lexeme | null {
  if (sql.startsWith('$$', start)) return lexBody(sql, start);
  PREFIX.lastIndex = start;
  const prefix = PREFIX.exec(sql)?.[1];
  if (prefix === undefined) return null;
  const backslashes = prefix.toUpperCase() === 'E';
  const { raw, end } = quoted(sql, start + prefix.length, backslashes);
  const interpret = ESCAPES[prefix.toUpperCase()];
  if (interpret === undefined) return { kind: 'string', text: raw, end };
  return interpret(sql, { raw, start, end });
}

/** U&, X, E and N; the name of a character set. A plain quote has the empty prefix. */
const PREFIX = /(|[xXnNeE]|[uU]&|_[A-Za-z][\w-]*)'/y;

interface RawString {
  /** The text between the quotes, '' replaced by '. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}

const ESCAPES: Record<string, (sql: string, string: RawString) => Lexeme> = {
  X: lexBinary,
  'U&': lexUnicode,
  E: lexBackslashes,
};

/** `backslashes`: a quote behind a backslash does not end the string. */
function quoted(sql: string, start: number, backslashes: boolean): { raw: string; end: number } {
  let end = start + 1;
  while (true) {
    const close = backslashes ? unescapedQuote(sql, end) : sql.indexOf("'", end);
    if (close < 0) {
      throw sqlErrorAt(sql, { start, end: start + 1 }, 'this string is not closed', {
        hint: "Close it with a single quote; a single quote inside a string is written twice, 'it''s'.",
      });
    }
    if (sql[close + 1] !== "'") {
      return { raw: sql.slice(start + 1, close).replaceAll("''", "'"), end: close + 1 };
    }
    end = close + 2;
  }
}

function unescapedQuote(sql: string, start: number): number {
  let at = start;
  while (at < sql.length && sql[at] !== "'") at += sql[at] === '\\' ? 2 : 1;
  return at < sql.length ? at : -1;
}

function lexBody(sql: string, start: number): Lexeme {
  const close = sql.indexOf('$$', start + 2);
  if (close < 0) throw sqlErrorAt(sql, { start, end: start + 2 }, 'this source text is not closed by $$');
  return { kind: 'body', text: sql.slice(start + 2, close), end: close + 2 };
}

function lexBinary(sql: string, { raw, start, end }: RawString): Lexeme {
  if (raw.length % 2 !== 0 || /[^0-9a-fA-F]/.test(raw)) {
    throw sqlErrorAt(sql, { start, end }, 'a binary literal has two hexadecimal digits for each byte');
  }
  return { kind: 'binary', text: raw.toUpperCase(), end };
}

const UESCAPE = /\s*UESCAPE\s*'([^'])'/iy;

function lexUnicode(sql: string, { raw, start, end }: RawString): Lexeme {
  UESCAPE.lastIndex = end;
  const clause = UESCAPE.exec(sql);
  const mark = clause?.[1] ?? '\\';
  const stop = end + (clause?.[0].length ?? 0);
  const parts = raw.split(mark);
  let text = parts[0]!;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    if (part === '' && i + 1 < parts.length) {
      text += mark + parts[++i]!;
      continue;
    }
    const code = /^(?:\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))/.exec(part);
    const point = code === null ? Number.NaN : Number.parseInt((code[1] ?? code[2])!, 16);
    if (code === null || point > 0x10ffff) {
      throw sqlErrorAt(sql, { start, end: stop }, `${mark} is not followed by the code of a character`, {
        hint: `Write ${mark} and four hexadecimal digits, ${mark}+ and six, or ${mark} twice for itself.`,
      });
    }
    text += String.fromCodePoint(point) + part.slice(code[0].length);
  }
  return { kind: 'string', text, end: stop };
}

const BACKSLASH = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/gsu;
const CONTROLS: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function lexBackslashes(sql: string, { raw, start, end }: RawString): Lexeme {
  const text = raw.replace(
    BACKSLASH,
    (_, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
      if (other !== undefined) return CONTROLS[other] ?? other;
      const point = octal === undefined ? Number.parseInt((x ?? u ?? long)!, 16) : Number.parseInt(octal, 8);
      if (point > 0x10ffff)
        throw sqlErrorAt(sql, { start, end }, 'a code in this string is not one of a character');
      return String.fromCodePoint(point);
    },
  );
  return { kind: 'string', text, end };
}
