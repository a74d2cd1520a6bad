import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseExpression,
  parseScript,
  parseStatement,
  parseType,
  printExpression,
  printStatement,
  printType,
  SqlError,
} from '../../../core/index.js';
import { tokenize } from '../../../core/sql/lexer.js';
import { RESERVED_WORDS } from '../../../core/sql/reserved-words.js';
import { allStatements, readLines, withoutSpans } from './corpus/read-corpus.js';

const statements = allStatements();
const seed = 20_260_731;

/** The tree, or null for a text that is refused. Anything but an SqlError with a place fails the test. */
function treeOf<T>(parse: (sql: string) => T, sql: string): T | null {
  try {
    return parse(sql);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    expect(error.details.line).toBeGreaterThan(0);
    expect(error.details.column).toBeGreaterThan(0);
    return null;
  }
}

/** Whatever is accepted prints to a text that means the same. */
function roundTrip<T>(parse: (sql: string) => T, print: (tree: T) => string, sql: string): void {
  const tree = treeOf(parse, sql);
  if (tree === null) return;
  expect(withoutSpans(parse(print(tree)))).toEqual(withoutSpans(tree));
}

const sources = [...statements, ...readLines('expressions.txt').map((one) => `SELECT ${one} FROM t`)];
const pieces = [
  ...new Set(sources.flatMap((sql) => tokenize(sql).map(({ span }) => sql.slice(span.start, span.end)))),
  ...RESERVED_WORDS,
].filter((piece) => piece !== '');

describe('the parser', () => {
  it('answers any text with a tree or an SqlError', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, (sql) => {
        treeOf(parseStatement, sql);
        treeOf(parseExpression, sql);
        treeOf(parseType, sql);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('answers any sequence of words, names, literals and symbols with a tree or an SqlError', () => {
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 25 });
    fc.assert(
      fc.property(soup, (words) => {
        const sql = words.join(' ');
        treeOf(parseStatement, sql);
        treeOf(parseStatement, `SELECT ${sql}`);
        roundTrip(parseExpression, printExpression, sql);
        roundTrip(parseType, printType, sql);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it('answers statements with pieces put in, taken out and exchanged with a tree that prints to itself, or an SqlError', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 2 }),
      insert: fc.option(fc.constantFrom(...pieces)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (sql, edits) => {
          const tokens = tokenize(sql).map(({ span }) => sql.slice(span.start, span.end));
          for (const { at, remove, insert } of edits) {
            tokens.splice(at % tokens.length, remove, ...(insert === null ? [] : [insert]));
          }
          roundTrip(parseStatement, printStatement, tokens.join(' '));
        },
      ),
      { seed, numRuns: 5_000 },
    );
  });

  it.each([
    ['parentheses', (n: number) => `SELECT ${'('.repeat(n)}1${')'.repeat(n)}`],
    ['subqueries', (n: number) => `SELECT * FROM ${'(SELECT * FROM '.repeat(n)}t${') AS x'.repeat(n)}`],
    ['types', (n: number) => `SELECT CAST(a AS ${'ARRAY<'.repeat(n)}INT${'>'.repeat(n)})`],
    ['signs', (n: number) => `SELECT ${'- '.repeat(n)}1`],
    ['negations', (n: number) => `SELECT ${'NOT '.repeat(n)}a`],
    ['sums', (n: number) => `SELECT 1${' + 1'.repeat(n)}`],
    ['joins', (n: number) => `SELECT * FROM t${' CROSS JOIN t'.repeat(n)}`],
    ['unions', (n: number) => `SELECT 1${' UNION SELECT 1'.repeat(n)}`],
    ['fields', (n: number) => `SELECT a${'.b'.repeat(n)} FROM t`],
    ['columns', (n: number) => `SELECT a${', a'.repeat(n)} FROM t`],
    ['values', (n: number) => `SELECT a IN (1${', 1'.repeat(n)})`],
    ['a word', (n: number) => `SELEC${'T'.repeat(n)} 1`],
    ['lines', (n: number) => `SELECT${'\n'.repeat(n)}FROM`],
    ['statements', (n: number) => 'SHOW TABLES;'.repeat(n)],
  ])('answers any number of %s in a time that grows with the length alone', (_, text) => {
    const cpu = (n: number) => {
      const before = process.cpuUsage();
      treeOf(parseScript, text(n));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    cpu(10_000);

    // Twenty times the length; a square law would take four hundred times as long.
    expect(cpu(100_000)).toBeLessThan(100 * cpu(5_000) + 100);
  });

  it('answers the beginnings of statements with a tree or an SqlError', () => {
    for (const sql of statements) {
      for (let end = 0; end < sql.length; end += 3) treeOf(parseStatement, sql.slice(0, end));
    }
  });
});
