/** The position of the parser in the tokens; collects what would have been right there for the error message. */
import type { SqlError } from '../../errors.js';
import { type Token, tokenize } from '../lexer.js';
import type { Span } from '../span.js';
import { type SqlErrorOptions, sqlErrorAt } from '../sql-error.js';
import { syntaxError } from './syntax-error.js';

/** Parentheses, subqueries, types and prefix operators inside one another. */
const MAX_NESTING = 300;

/**
 * A cursor that only moves forward. `accept…` moves if it can and remembers what it looked for; `expect…` moves or
 * throws; `is…` looks without remembering.
 */
export class Cursor {
  readonly sql: string;
  private readonly tokens: readonly Token[];
  private position = 0;
  private nesting = 0;
  private wanted: string[] = [];

  /** @throws {SqlError} what the lexer finds. */
  constructor(sql: string) {
    this.sql = sql;
    this.tokens = tokenize(sql);
  }

  /** The token at the cursor, or so many behind it; the end token beyond the end. */
  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)]!;
  }

  /** The token before the cursor; null at the start. */
  previous(): Token | null {
    return this.tokens[this.position - 1] ?? null;
  }

  isWord(word: string, ahead = 0): boolean {
    return this.peek(ahead).word === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  isEnd(): boolean {
    return this.peek().kind === 'end';
  }

  next(): Token {
    const token = this.peek();
    this.position++;
    this.wanted = [];
    return token;
  }

  /** Moves over these keywords if all of them are next. */
  accept(...words: readonly string[]): boolean {
    if (words.every((word, i) => this.isWord(word, i))) {
      for (const _ of words) this.next();
      return true;
    }
    this.want(words.join(' '));
    return false;
  }

  /** Moves over the first of these keywords that is next; null if none is. */
  acceptOneOf<W extends string>(...words: readonly W[]): W | null {
    for (const word of words) if (this.accept(word)) return word;
    return null;
  }

  acceptSymbol(symbol: string): boolean {
    if (this.isSymbol(symbol)) {
      this.next();
      return true;
    }
    this.want(`'${symbol}'`);
    return false;
  }

  /** Moves over keywords one by one, so that the error names the first missing one. */
  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.unexpected();
  }

  expectOneOf<W extends string>(...words: readonly W[]): W {
    const word = this.acceptOneOf(...words);
    if (word === null) throw this.unexpected();
    return word;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected();
  }

  /** Moves over a token of this kind; `what` says in the error what was expected. */
  expectKind(kind: Token['kind'], what: string): Token {
    if (this.peek().kind === kind) return this.next();
    throw this.unexpected(what);
  }

  /** Remembers what would be right at the cursor. */
  want(what: string): void {
    if (!this.wanted.includes(what)) this.wanted.push(what);
  }

  /** The error for the token at the cursor: expected this, or what was looked for, but found that. */
  unexpected(...what: readonly string[]): SqlError {
    return syntaxError(this.sql, what.length > 0 ? what : this.wanted, this.peek(), this.previous());
  }

  /** An error of its own words. */
  error(span: Span, message: string, options?: SqlErrorOptions): SqlError {
    return sqlErrorAt(this.sql, span, message, options);
  }

  /** For what Flink's grammar has and Millstream does not. */
  unsupported(span: Span, what: string, hint: string | null = null): SqlError {
    return this.error(span, `${what} is not supported here`, { code: 'SQL_UNSUPPORTED', hint });
  }

  /** Offset of the token at the cursor. */
  start(): number {
    return this.peek().span.start;
  }

  /** From an offset to the end of the token before the cursor. */
  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.previous()?.span.end ?? start) };
  }

  /** One level deeper; refuses what is nested so deeply that the call stack would not hold it. */
  nested<T>(parse: () => T): T {
    if (this.nesting >= MAX_NESTING) {
      throw this.error(this.peek().span, 'nested too deeply', {
        code: 'SQL_TOO_DEEP',
        hint: 'Split the statement with views or WITH.',
      });
    }
    this.nesting++;
    const result = parse();
    this.nesting--;
    return result;
  }
}
