import { expect, test } from 'vitest';
import { stagesOf, stagesText } from './planning.js';

test('a Python aggregate reads whole groups of sorted rows', () => {
  expect(
    stagesText('SELECT b, spread(inc(a)) FROM t GROUP BY b HAVING spread(inc(a)) > 1'),
  ).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1, c1 = b_2
                 scan t [a_1, b_2]
      scans    t: parquet data
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     c1
      workers  2, group shared
      output   [c0 STRING] [c1 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, project, sort
      reads    python-2 as input_0
      sql      c0 = inc_8, c1 = b_7
                 sort by b_7
                   project [inc_8, b_7 = b_2]
                     scan input_0 [b_2, inc_8]
      order    kept
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer, whole groups of c1

    python-4: aggregate spread(inc_8)
      reads    relational-3
      step #0  spread(c0) -> DOUBLE
      keys     c1
      shipped  c0, c1
      kept     c1
      workers  2, group shared
      chain    not with python-2: relational-3 works on its rows first
      output   [c0 STRING] [c1 DOUBLE]
      exchange stream: one consumer

    relational-5: read input_0, filter, project
      reads    python-4 as input_0
      sql      c0 = b_5, c1 = EXPR1_6
                 project [b_5 = b_7, EXPR1_6 = spread_4]
                   filter spread_4 > 1
                     scan input_0 [b_7, spread_4]
      order    kept
      output   [c0 STRING, c1 DOUBLE]
      exchange stream: one consumer

    sink-6: collect
      reads    relational-5
      columns  b = c0, EXPR$1 = c1
    "
  `);
});

test('a global Python aggregate has one worker and one group', () => {
  expect(stagesText('SELECT total(a) FROM t')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer, whole groups of all rows

    python-2: aggregate total(a_1)
      reads    relational-1
      step #0  total(c0) -> BIGINT
      keys     none
      shipped  c0
      kept     nothing
      workers  1, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  EXPR$0 = c0
    "
  `);
});

test('aggregates of two kinds are joined on their keys, over one scan each', () => {
  expect(stagesText('SELECT b, total(a), COUNT(*) FROM t GROUP BY b')).toMatchInlineSnapshot(`
    "
    relational-1: scan t, project, sort
      sql      c0 = a_1, c1 = b_9
                 sort by b_9
                   project [a_1, b_9 = b_2]
                     scan t [a_1, b_2]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer, whole groups of c1

    python-2: aggregate total(a_1)
      reads    relational-1
      step #0  total(c0) -> BIGINT
      keys     c1
      shipped  c0, c1
      kept     c1
      workers  2, group shared
      output   [c0 STRING] [c1 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, scan t, aggregate, inner join, project
      reads    python-2 as input_0
      sql      c0 = b_6, c1 = EXPR1_7, c2 = EXPR2_8
                 project [b_6 = b_9, EXPR1_7 = total_4, EXPR2_8 = count_5]
                   inner join on b_9 IS NOT DISTINCT FROM b_10
                     scan input_0 [b_9, total_4]
                     aggregate by [b_10 = b_2] [count_5 = COUNT(*)]
                       scan t [b_2]
      scans    t: parquet data
      output   [c0 STRING, c1 BIGINT, c2 BIGINT NOT NULL]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  b = c0, EXPR$1 = c1, EXPR$2 = c2
    "
  `);
});

test('aggregates of two kinds share an input that needed Python', () => {
  const graph = stagesOf('SELECT total(inc(a)), MAX(inc(a)) FROM t');

  expect(graph.exchanges.filter((exchange) => exchange.mode === 'spill')).toMatchObject([
    { consumers: ['relational-3', 'relational-5'], reason: 'read 2 times: written once to a file' },
  ]);
});

test('aggregates that depend on the order of rows run in one thread, unless they say their own order', () => {
  const oneThread = (sql: string) =>
    stagesOf(sql).stages.flatMap((stage) => (stage.kind === 'relational' ? [stage.oneThread] : []));

  expect(oneThread('SELECT b, FIRST_VALUE(a) AS f FROM t GROUP BY b')).toEqual([true]);
  expect(oneThread('SELECT b, FIRST_VALUE(inc(a)) AS f FROM t GROUP BY b')).toEqual([false, true]);
  expect(oneThread('SELECT b, MAX(a) AS f FROM t GROUP BY b')).toEqual([false]);
});
