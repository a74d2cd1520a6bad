/** The tokens of SQL type text, and the errors that point into it. */
import { SqlError } from '../errors.js';
import type { DataType } from './data-type.js';

const TOKEN = /\s*(?:(`(?:[^`]|``)*`)|('(?:[^']|'')*')|(\d+)|([\p{L}_$][\p{L}\p{N}_$]*)|(\S))/uy;

interface Token {
  readonly kind: 'quoted' | 'string' | 'number' | 'word' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

const DEEPEST = 100;

/** Tokens of one type text with a lookahead of one; methods that expect something throw {SqlError} where it is not there. */
export class TypeTextReader {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  /** Enters a type inside a type. */
  enter(): void {
    this.depth++;
    if (this.depth > DEEPEST) throw this.error(`more than ${DEEPEST} types inside each other`, null);
  }

  leave(): void {
    this.depth--;
  }

  position(): number {
    return this.peek().at;
  }

  word(word: string): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || token.text.toUpperCase() !== word) return false;
    this.next++;
    return true;
  }

  words(...words: readonly string[]): void {
    for (const word of words) if (!this.word(word)) throw this.expected(word);
  }

  anyWord(): string {
    const token = this.peek();
    if (token.kind !== 'word') throw this.expected('a type');
    this.next++;
    return token.text.toUpperCase();
  }

  name(): string {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.expected('a field name');
    this.next++;
    return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('``', '`') : token.text;
  }

  /** Skips the comment of a field. */
  comment(): void {
    if (this.peek().kind === 'string') this.next++;
  }

  symbolIf(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.next++;
    return true;
  }

  symbol(symbol: string): void {
    if (!this.symbolIf(symbol)) throw this.expected(`'${symbol}'`);
  }

  /** Opens a field list and says what closes it. */
  open(): ')' | '>' {
    if (this.symbolIf('(')) return ')';
    this.symbol('<');
    return '>';
  }

  angled(read: (reader: TypeTextReader) => DataType): DataType {
    this.symbol('<');
    const type = read(this);
    this.symbol('>');
    return type;
  }

  /** Up to `most` integers in parentheses, or null where there are none. */
  parameters(most: number, least: number, limit: number): number[] | null {
    if (!this.symbolIf('(')) return null;
    const values: number[] = [];
    do {
      const token = this.peek();
      const value = Number(token.text);
      if (token.kind !== 'number') throw this.expected('a number');
      if (value < least || value > limit)
        throw this.error(`${value} is not between ${least} and ${limit}`, null);
      values.push(value);
      this.next++;
    } while (values.length < most && this.symbolIf(','));
    this.symbol(')');
    return values;
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.expected('the end of the type');
  }

  error(message: string, hint: string | null, at = this.position()): SqlError {
    return new SqlError('SQL_TYPE', `Type '${shortened(this.text)}': ${message}.`, {
      hint,
      details: { line: 1, column: at + 1, length: Math.max(1, this.peek().text.length) },
    });
  }

  private expected(what: string): SqlError {
    const token = this.peek();
    return this.error(
      `expected ${what} but found ${token.kind === 'end' ? 'the end' : `'${token.text}'`}`,
      null,
    );
  }

  private peek(): Token {
    return this.tokens[this.next]!;
  }
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const TOKEN_KINDS = ['quoted', 'string', 'number', 'word', 'symbol'] as const;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const group = TOKEN_KINDS.findIndex((_, i) => match?.[i + 1] !== undefined);
    const token = match[group + 1]!;
    tokens.push({ kind: TOKEN_KINDS[group]!, text: token, at: pattern.lastIndex - token.length });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}
