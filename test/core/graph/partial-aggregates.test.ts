import { expect, test } from 'vitest';
import type { PythonStage } from '../../../core/graph/stage-graph.js';
import { stagesOf } from './planning.js';

function partialsOf(sql: string, mode: 'batch' | 'streaming' = 'batch') {
  const stages = stagesOf(sql, mode).stages.filter((stage): stage is PythonStage => stage.kind === 'python');
  return stages.flatMap((stage) =>
    stage.partialAggregates.map(({ function: name, column }) => `${name} ${column ?? '*'}`),
  );
}

const WORDS = 'FROM t, LATERAL TABLE(words(b)) AS w(word, n)';

test.each([
  ['SELECT SUM(inc(a)) FROM t', ['SUM 0']],
  [
    'SELECT COUNT(*), MAX(inc(a)), MIN(scale(a)), COUNT(inc(a)) FROM t',
    ['COUNT *', 'MAX 0', 'MIN 1', 'COUNT 0'],
  ],
  ['SELECT m + 1 FROM (SELECT MAX(inc(a)) AS m, COUNT(*) AS n FROM t) AS s', ['MAX 0']],
  ['SELECT COUNT(*) FROM t WHERE is_good(a)', ['COUNT *']],
  ['SELECT SUM(inc(a)) FROM t HAVING COUNT(*) > 2', ['SUM 0', 'COUNT *']],
  [`SELECT MAX(n), COUNT(word), COUNT(*) ${WORDS}`, ['MAX 1', 'COUNT 0', 'COUNT *']],
  [`SELECT COUNT(*) ${WORDS}`, ['COUNT *']],
  ['SELECT a, (SELECT SUM(inc(a)) FROM t) FROM u', ['SUM 0']],
])('%s begins where Python is called', (sql, partials) => {
  expect(partialsOf(sql)).toEqual(partials);
});

test.each([
  ['with keys', 'SELECT b, SUM(inc(a)) FROM t GROUP BY b'],
  ['with a total of ROLLUP, which has no row over no rows', 'SELECT SUM(inc(a)) FROM t GROUP BY ROLLUP (b)'],
  ['of distinct values', 'SELECT COUNT(DISTINCT inc(a)) FROM t'],
  ['of some rows', "SELECT SUM(inc(a)) FILTER (WHERE b = 'x') FROM t"],
  ['of what is computed of results', 'SELECT SUM(inc(a) + 1) FROM t'],
  ['of text, which has an order of its own', 'SELECT MIN(shout(b)) FROM t'],
  ['beside those of other columns', 'SELECT SUM(inc(a)), SUM(c) FROM t'],
  ['beside others that need all rows', 'SELECT SUM(inc(a)), STDDEV_POP(inc(a)) FROM t'],
  ['that truncate', 'SELECT AVG(inc(a)) FROM t'],
  [
    'of rows that are chosen by the results',
    'SELECT SUM(x) FROM (SELECT inc(a) AS x FROM t) AS s WHERE x > 3',
  ],
  ['of some of its rows', `SELECT SUM(n) FROM (SELECT n ${WORDS} LIMIT 3) AS s`],
  ['written in Python', 'SELECT total(inc(a)) FROM t'],
])('aggregates %s do not', (_, sql) => {
  expect(partialsOf(sql)).toEqual([]);
});

test('in a stream they do not: its results change with each row', () => {
  expect(partialsOf('SELECT SUM(inc(n)) FROM ticks', 'streaming')).toEqual([]);
});

test('results that others read too are computed once, as rows', () => {
  const both = 'WITH c AS (SELECT inc(a) AS x FROM t) SELECT (SELECT SUM(x) FROM c), (SELECT MAX(x) FROM c)';

  expect(stagesOf(both).stages.filter(({ kind }) => kind === 'python')).toHaveLength(1);
  expect(partialsOf(both)).toEqual([]);
});
