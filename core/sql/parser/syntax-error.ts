/** The message of a syntax error: what was expected, what was found, and the mistake that is likely behind it. */
import type { SqlError } from '../../errors.js';
import { nearNames } from '../../text/near-names.js';
import type { Token } from '../lexer.js';
import { isReservedWord } from '../reserved-words.js';
import { sqlErrorAt } from '../sql-error.js';

/** `expected` are keywords, quoted symbols and phrases such as `a name`, the likeliest first. */
export function syntaxError(
  sql: string,
  expected: readonly string[],
  found: Token,
  previous: Token | null,
): SqlError {
  const wanted = expected.length === 0 ? '' : `expected ${alternatives(expected)} but `;
  return sqlErrorAt(sql, found.span, `${wanted}found ${describe(sql, found)}`, {
    hint: likelyMistake(sql, expected, found, previous),
  });
}

const SHOWN = 6;

function alternatives(expected: readonly string[]): string {
  const shown = expected.slice(0, SHOWN);
  if (expected.length > SHOWN) return `${shown.join(', ')}, …`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

function describe(sql: string, token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the text';
    case 'word':
      return isReservedWord(token.text) ? token.word : `'${token.text}'`;
    case 'string':
    case 'binary':
    case 'body':
      return `the ${token.kind === 'body' ? 'source text' : 'literal'} ${shortened(sql, token)}`;
    case 'integer':
    case 'decimal':
    case 'approximate':
      return `the number ${shortened(sql, token)}`;
    default:
      return token.kind === 'name' ? `the name ${shortened(sql, token)}` : `'${token.text}'`;
  }
}

const LONGEST_SHOWN = 40;

function shortened(sql: string, token: Token): string {
  const text = sql.slice(token.span.start, token.span.end);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

/** Symbols of other dialects, and how it is said here. */
const FOREIGN_SYMBOLS: Readonly<Record<string, string>> = {
  '::': 'A cast is CAST(value AS TYPE).',
  '!=': 'Not equal is <>.',
  '->': 'Lambdas are not supported; fields are reached by a dot, elements by [ ].',
  '?': 'Parameters are not supported; write the value.',
  '[': 'Names are quoted with backticks.',
};

/** Words of other dialects, and how it is said here. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  ILIKE: 'To ignore case, write LOWER(text) LIKE LOWER(pattern).',
  RLIKE: 'A regular expression is matched by REGEXP(text, pattern).',
  REGEXP: 'A regular expression is matched by REGEXP(text, pattern).',
  ISNULL: 'Write IS NULL.',
  NOTNULL: 'Write IS NOT NULL.',
  TOP: 'Write LIMIT at the end of the query.',
  SEMI: 'Write WHERE EXISTS (SELECT …) or WHERE x IN (SELECT …).',
  ANTI: 'Write WHERE NOT EXISTS (SELECT …).',
  STRUCT: 'The type is ROW<name TYPE, …>.',
};

function likelyMistake(
  sql: string,
  expected: readonly string[],
  found: Token,
  previous: Token | null,
): string | null {
  if (found.kind === 'symbol' && FOREIGN_SYMBOLS[found.text]) return FOREIGN_SYMBOLS[found.text]!;
  if (FOREIGN_WORDS[found.word]) return FOREIGN_WORDS[found.word]!;
  if (previous !== null && FOREIGN_WORDS[previous.word]) return FOREIGN_WORDS[previous.word]!;
  const wantsName = expected.some((one) => one.includes('name') || one.includes('expression'));
  if (wantsName && isReservedWord(found.word) && !opensClause(found)) {
    return `${found.word} is a reserved word; as a name it is written in backticks: \`${found.text}\`.`;
  }
  if (previous?.text === ',' && (opensClause(found) || found.text === ')')) {
    return 'There is a comma too many before it.';
  }
  return misspelling(expected, found, previous) ?? unquoted(sql, found, previous);
}

/** Words that hold a statement together: where one is found, something before it is missing. */
const STRUCTURE = new Set(
  `ALL AND AS BETWEEN BY DISTINCT ELSE END EXCEPT FETCH FOR FROM GROUP HAVING IN INNER INTERSECT INTO IS JOIN LEFT
  LIKE LIMIT NOT OFFSET ON OR ORDER OVER PARTITION QUALIFY RIGHT SELECT SET THEN UNION USING VALUES WHEN WHERE
  WINDOW WITH`.split(/\s+/),
);

function opensClause(token: Token): boolean {
  return STRUCTURE.has(token.word);
}

/** A keyword with a slip of the pen, taken for a name here or just before. */
function misspelling(expected: readonly string[], found: Token, previous: Token | null): string | null {
  const keywords = expected.flatMap((one) => one.match(/^[A-Z_]+/g) ?? []);
  for (const token of [found, previous]) {
    if (token?.kind !== 'word' || isReservedWord(token.text) || token.text.length < 3) continue;
    const near = nearNames(token.word, keywords)[0];
    if (near !== undefined) return `Did you mean ${near} instead of ${token.text}?`;
  }
  return null;
}

/** A word that touches a string: the quote inside the string was not doubled. */
function unquoted(sql: string, found: Token, previous: Token | null): string | null {
  const touching = previous?.kind === 'string' && previous.span.end === found.span.start;
  if (!touching || found.kind !== 'word' || sql[found.span.end] !== "'") return null;
  return "A single quote inside a string is written twice: 'it''s'.";
}
