import { describe, expect, it } from 'vitest';
import { PlanClasses } from '../../../core/plan/plan-classes.js';
import { addTable, bind, testCatalog } from '../graph/planning.js';

function catalog() {
  const made = testCatalog();
  addTable(made, 'clicks', { a: 'INT', c: '= a + 1', ts: 'TIMESTAMP(3)' }, { connector: 'datagen' }, 'ts', [
    'a',
  ]);
  return made;
}

function areEqual(one: string, other: string): boolean {
  const classes = new PlanClasses();
  const [a, b] = [one, other].map((sql) => classes.of(bind(sql, catalog(), undefined, true)[0]!.root));
  return a === b;
}

const WINDOWS = "TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE))";

describe('two plans are equal', () => {
  it.each([
    ['of one query, whose columns have other ids each time', 'SELECT a + 1, s FROM made JOIN t ON id = a'],
    [
      'with computed columns, watermark and windows',
      `SELECT window_end, COUNT(c) FROM ${WINDOWS} GROUP BY window_start, window_end`,
    ],
    ['with a subquery of its own', 'SELECT a FROM t WHERE b IN (SELECT s FROM ticks WHERE n > 1)'],
    ['that are not deterministic', 'SELECT RAND(), dice(a) FROM t'],
  ])('%s', (_, sql) => {
    expect(areEqual(sql, `   ${sql}`)).toBe(true);
  });

  it('whatever the names are under which their columns are shown', () => {
    expect(areEqual('SELECT a AS x FROM t', 'SELECT a AS y FROM t')).toBe(true);
  });
});

it.each([
  ['another column', 'SELECT a FROM t', 'SELECT c FROM t'],
  ['another constant', 'SELECT a FROM t WHERE a > 1', 'SELECT a FROM t WHERE a > 2'],
  ['a constant that reads as an id of a column', "SELECT b = 'a_1' FROM t", "SELECT b = 'b_2' FROM t"],
  ['another type', 'SELECT CAST(a AS INT) FROM t', 'SELECT CAST(a AS SMALLINT) FROM t'],
  [
    'the sides of a join',
    'SELECT x.a FROM t x JOIN t y ON x.a = y.c',
    'SELECT x.a FROM t x JOIN t y ON x.c = y.a',
  ],
  [
    'another kind of join',
    'SELECT t.a FROM t JOIN u ON t.a = u.a',
    'SELECT t.a FROM t LEFT JOIN u ON t.a = u.a',
  ],
  ['another function', 'SELECT inc(a) FROM t', 'SELECT big(a) FROM t'],
  ['DISTINCT in an aggregate', 'SELECT COUNT(a) FROM t', 'SELECT COUNT(DISTINCT a) FROM t'],
  ['another table', 'SELECT a FROM t', 'SELECT a FROM u'],
  ['other options', 'SELECT n FROM ticks', "SELECT n FROM ticks /*+ OPTIONS('rows-per-second' = '1') */"],
])('plans that differ by %s are not equal', (_, one, other) => {
  expect(areEqual(one, other)).toBe(false);
});
