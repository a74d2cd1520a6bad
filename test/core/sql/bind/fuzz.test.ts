import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MillstreamError } from '../../../../core/index.js';
import { tokenize } from '../../../../core/sql/lexer.js';
import { bind } from '../../graph/planning.js';
import { readLines, readStatements } from '../corpus/read-corpus.js';

const seed = 20_261_123;

const OWN = [
  'SELECT a, b, inc(a) AS c FROM t WHERE a > 1 ORDER BY b DESC LIMIT 3',
  'SELECT b, COUNT(*), SUM(DISTINCT a) FILTER (WHERE a > 1), spread(a) FROM t GROUP BY ROLLUP (b) HAVING COUNT(*) > 1',
  'SELECT t.a, u.a FROM t LEFT JOIN u ON t.a = u.a AND near(t.a, u.a)',
  'SELECT * FROM t WHERE a IN (SELECT a FROM u WHERE u.a = t.a) AND NOT EXISTS (SELECT 1 FROM u)',
  "SELECT CASE WHEN a = 1 THEN shout(b) ELSE COALESCE(b, 'x') END, CAST(a AS STRING) || b FROM t",
  'SELECT * FROM (SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY a DESC) AS n FROM t) WHERE n <= 3',
  'SELECT a, w.word FROM t, LATERAL TABLE(words(b)) AS w (word, length)',
  'WITH x AS (SELECT a, b FROM t UNION ALL SELECT a, b FROM t) SELECT * FROM x AS p JOIN x AS q USING (a)',
  'SELECT ARRAY[a, 1][1], MAP[b, a][b], ROW(a, b) FROM t CROSS JOIN UNNEST(ARRAY[1, 2]) WITH ORDINALITY AS e (v, o)',
  "SELECT a + INTERVAL '1' DAY, EXTRACT(YEAR FROM DATE '2024-01-01'), TIMESTAMPDIFF(DAY, CURRENT_DATE, DATE '2024-01-01') FROM t",
  'INSERT INTO t SELECT * FROM t',
];
const texts = [
  ...OWN,
  ...readStatements('queries.sql'),
  ...readLines('expressions.txt').map((one) => `SELECT ${one} FROM t`),
];
const pieces = [
  ...new Set(texts.flatMap((sql) => tokenize(sql).map(({ span }) => sql.slice(span.start, span.end)))),
].filter((piece) => piece !== '');

it('mutated statements are bound, or refused with a typed error that has a place', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 2 }),
    insert: fc.option(fc.constantFrom(...pieces, 'a', 'b', 't', 'u', 'inc', 'NULL')),
  });
  fc.assert(
    fc.property(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...OWN) }, fc.constantFrom(...texts)),
      fc.array(edit, { maxLength: 3 }),
      (sql, edits) => {
        const tokens = tokenize(sql).map(({ span }) => sql.slice(span.start, span.end));
        for (const { at, remove, insert } of edits) {
          tokens.splice(at % tokens.length, remove, ...(insert === null ? [] : [insert]));
        }
        try {
          bind(tokens.join(' '));
        } catch (error) {
          expect(error).toBeInstanceOf(MillstreamError);
          expect((error as MillstreamError).details.line).toBeGreaterThan(0);
        }
      },
    ),
    { seed, numRuns: 1_000 },
  );
});
