import { expect, test } from 'vitest';
import type { PythonStage } from '../../../core/graph/stage-graph.js';
import { stagesOf, stagesText } from './planning.js';

test('a filter without Python runs below the call, and the call feeds the sink', () => {
  expect(stagesText('SELECT b, scale(a, 2) FROM t WHERE a > 1')).toMatchInlineSnapshot(`
    "
    relational-1: scan t, filter
      sql      c0 = a_1, c1 = b_2
                 filter a_1 > 1
                   scan t [a_1, b_2]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer

    python-2: scale(a_1, 2)
      reads    relational-1
      step #0  scale(c0, 2) -> BIGINT
      shipped  c0
      kept     c1
      workers  2, group shared
      output   [c0 STRING] [c1 BIGINT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  b = c0, EXPR$1 = c1
    "
  `);
});

test('calls of calls are steps of one stage, and a shared inner call is made once', () => {
  expect(stagesText('SELECT inc(scale(a, c)), inc(inc(scale(a, c))) FROM t')).toMatchInlineSnapshot(`
    "
    relational-1: scan t, project
      sql      c0 = a_1, c1 = scale_1_6
                 project [a_1, scale_1_6 = CAST(c_3 AS BIGINT)]
                   scan t [a_1, c_3]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT, c1 BIGINT]
      exchange stream: one consumer

    python-2: inc(inc(scale(a_1, scale_1_6)))
      reads    relational-1
      step #0  scale(c0, c1) -> BIGINT
      step #1  inc(#0) -> BIGINT
      step #2  inc(#1) -> BIGINT
      shipped  c0, c1
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT, c1 BIGINT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  EXPR$0 = c0, EXPR$1 = c1
    "
  `);
});

test('a call whose argument computes with the result of another one gets a stage of its own', () => {
  expect(stagesText('SELECT inc(inc(a) * 2) FROM t')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, project
      reads    python-2 as input_0
      sql      c0 = inc_0_6
                 project [inc_0_6 = inc_5 * 2]
                   scan input_0 [inc_5]
      order    kept
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-4: inc(inc_0_6)
      reads    relational-3
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      chain    not with python-2: relational-3 works on its rows first
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-5: collect
      reads    python-4
      columns  EXPR$0 = c0
    "
  `);
});

test('functions of other resources get stages of their own, side by side without relational work', () => {
  expect(stagesText('SELECT inc(a), big(a), big(inc(a)) FROM t')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     c0
      workers  2, group shared
      output   [c0 BIGINT] [c1 BIGINT]
      exchange stream: one consumer

    python-3: big(a_1)
      reads    python-2
      step #0  big(c0) -> BIGINT
      shipped  c0
      kept     c1
      options  big: memory 1 GB
      workers  2, group memory=1 GB
      chain    not with python-2: other workers, shared there and memory=1 GB here
      output   [c0 BIGINT] [c1 BIGINT]
      exchange stream: one consumer

    python-4: big(inc_7)
      reads    python-3
      step #0  big(c0) -> BIGINT
      shipped  c0
      kept     c0, c1
      options  big: memory 1 GB
      workers  2, group memory=1 GB
      chain    not with python-3: its results are not read here
      output   [c0 BIGINT] [c1 BIGINT] [c2 BIGINT]
      exchange stream: one consumer

    sink-5: collect
      reads    python-4
      columns  EXPR$0 = c0, EXPR$1 = c1, EXPR$2 = c2
    "
  `);
});

test('a branch of CASE is called for its rows only, its argument is computed for these rows only', () => {
  expect(
    stagesText('SELECT CASE WHEN c <> 0 THEN inc(a / c) WHEN is_good(a) THEN 1 ELSE a END FROM t'),
  ).toMatchInlineSnapshot(`
    "
    relational-1: scan t, project
      sql      c0 = a_1, c1 = c_3, c2 = inc_0_5, c3 = inc_guard_6, c4 = is_good_guard_8
                 project [a_1, c_3, inc_0_5 = CASE WHEN (c_3 <> 0) IS TRUE THEN a_1 / c_3 END, inc_guard_6 = (c_3 <> 0) IS TRUE, is_good_guard_8 = (c_3 <> 0) IS NOT TRUE]
                   scan t [a_1, c_3]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT] [c1 INT] [c2 BIGINT, c3 BOOLEAN NOT NULL, c4 BOOLEAN NOT NULL]
      exchange stream: one consumer

    python-2: inc(inc_0_5) WHERE inc_guard_6, is_good(a_1) WHERE is_good_guard_8
      reads    relational-1
      step #0  inc(c2) where c3 -> BIGINT
      step #1  is_good(c0) where c4 -> BOOLEAN
      shipped  c0, c2, c3, c4
      kept     c0, c1
      workers  2, group shared
      output   [c0 BIGINT] [c1 INT] [c2 BIGINT, c3 BOOLEAN]
      exchange stream: one consumer

    relational-3: read input_0, project
      reads    python-2 as input_0
      sql      c0 = EXPR0_4
                 project [EXPR0_4 = CASE WHEN c_3 <> 0 THEN inc_7 WHEN is_good_9 THEN 1 ELSE a_1 END]
                   scan input_0 [a_1, c_3, inc_7, is_good_9]
      order    kept
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  EXPR$0 = c0
    "
  `);
});

test('a call that is needed everywhere has no guard, whatever branch it stands in too', () => {
  const [, python] = stagesOf('SELECT inc(a), COALESCE(a, inc(a)), a > 1 OR inc(a) > 1 FROM t').stages;

  expect(python).toMatchObject({ kind: 'python', steps: [{ function: 'inc', guard: null }] });
});

test('a condition that is a call drops its rows in the worker, after the other conditions', () => {
  expect(stagesText("SELECT c FROM t WHERE is_good(inc(a)) AND b = 'x'")).toMatchInlineSnapshot(`
    "
    relational-1: scan t, filter
      sql      c0 = a_1, c1 = c_3
                 filter b_2 = 'x'
                   scan t [a_1, b_2, c_3]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT] [c1 INT]
      exchange stream: one consumer

    python-2: filter is_good(inc(a_1))
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      step #1  is_good(#0) -> BOOLEAN
      shipped  c0
      kept     c1
      workers  2, group shared
      output   [c0 INT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  c = c0
    "
  `);
});

test('a call of WHERE is not made again by SELECT', () => {
  expect(stagesText('SELECT inc(a) FROM t WHERE inc(a) > 1')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, filter, project
      reads    python-2 as input_0
      sql      c0 = EXPR0_4
                 project [EXPR0_4 = inc_5]
                   filter inc_5 > 1
                     scan input_0 [inc_5]
      order    kept
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  EXPR$0 = c0
    "
  `);
});

test('conditions with calls are applied one after the other', () => {
  const graph = stagesOf('SELECT a FROM t WHERE is_good(a) AND near(a, c)');

  const filters = graph.stages.filter((stage) => stage.kind === 'python');
  expect(filters.map((stage) => [stage.mode, stage.description])).toEqual([
    ['filter', 'filter is_good(a_1)'],
    ['filter', 'filter near(a_1, near_1_7)'],
  ]);
});

test('a table function keeps the columns of its row, and its arguments may call Python', () => {
  expect(
    stagesText('SELECT a, word FROM t LEFT JOIN LATERAL TABLE(words(shout(b))) AS w(word, n) ON TRUE'),
  ).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1, c1 = b_2
                 scan t [a_1, b_2]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer

    python-2: table words(shout(b_2))
      reads    relational-1
      step #0  shout(c1) -> STRING
      step #1  words(#0) -> ROW<\`word\` STRING, \`length\` INT>
      shipped  c1
      kept     c0
      workers  2, group shared
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  a = c0, word = c1
    "
  `);
});

test('of a table function only the fields that are read come back, and positions only for columns that wait', () => {
  const tableStage = (sql: string) => {
    const stage = stagesOf(sql).stages.find(({ kind }) => kind === 'python') as PythonStage;
    return { fields: stage.resultFields, selection: stage.rowSelection };
  };
  const from = 'FROM t, LATERAL TABLE(words(b)) AS w(word, n)';

  expect(tableStage(`SELECT a, n, word ${from}`)).toEqual({ fields: [0, 1], selection: true });
  expect(tableStage(`SELECT SUM(n) ${from}`)).toEqual({ fields: [1], selection: false });
  expect(tableStage(`SELECT COUNT(*) ${from}`)).toEqual({ fields: [], selection: true });
});

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

test('ORDER BY and LIMIT run below the calls that they do not need', () => {
  expect(stagesText('SELECT inc(a) FROM t ORDER BY b DESC LIMIT 3')).toMatchInlineSnapshot(`
    "
    relational-1: scan t, sort, limit
      sql      c0 = a_1
                 limit 3
                   sort by b_2 DESC
                     scan t [a_1, b_2]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  EXPR$0 = c0
    "
  `);
});

test('a common table with calls is computed once for all its readers', () => {
  expect(
    stagesText('WITH q AS (SELECT a, inc(a) AS k FROM t) SELECT l.a FROM q AS l JOIN q AS r ON l.k = r.a'),
  ).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     c0
      workers  2, group shared
      output   [c0 BIGINT] [c1 BIGINT]
      exchange spill: read 2 times: written once to a file

    relational-3: read input_0, read input_1, inner join, project
      reads    python-2 as input_0
               python-2 as input_1
      sql      c0 = a_11
                 project [a_11 = a_7]
                   inner join on k_8 = a_9
                     scan input_0 [a_7, k_8]
                     scan input_1 [a_9]
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  a = c0
    "
  `);
});

test('a call over one side of a join is made below it', () => {
  expect(stagesText('SELECT t.a FROM t JOIN u ON inc(t.a) = u.d')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(a_1)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     c0
      workers  2, group shared
      output   [c0 BIGINT] [c1 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, scan u, inner join, project
      reads    python-2 as input_0
      sql      c0 = a_7
                 project [a_7 = a_1]
                   inner join on inc_8 = d_5
                     scan input_0 [a_1, inc_8]
                     scan u [d_5]
      scans    u: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  a = c0
    "
  `);
});

test('a call over both sides is made for the pairs that the other conditions leave', () => {
  expect(stagesText('SELECT t.b FROM t JOIN u ON t.a = u.a AND near(t.a, u.d)')).toMatchInlineSnapshot(`
    "
    relational-1: scan t, scan u, inner join
      sql      c0 = a_1, c1 = d_5, c2 = b_2
                 inner join on a_1 = a_4
                   scan t [a_1, b_2]
                   scan u [a_4, d_5]
      scans    t: parquet data
      scans    u: parquet data
      output   [c0 BIGINT, c1 BIGINT NOT NULL] [c2 STRING]
      exchange stream: one consumer

    python-2: filter near(a_1, d_5)
      reads    relational-1
      step #0  near(c0, c1) -> BOOLEAN
      shipped  c0, c1
      kept     c2
      workers  2, group shared
      output   [c0 STRING]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  b = c0
    "
  `);
});

test('an outer join with a call over both sides pads the rows whose numbers are in no pair', () => {
  expect(
    stagesText('SELECT t.b, u.d FROM t LEFT JOIN u ON t.a = u.a AND near(t.a, u.d)'),
  ).toMatchInlineSnapshot(`
    "
    relational-1: scan t, project
      sql      c0 = a_1, c1 = b_2, c2 = row_number_9
                 project [a_1, b_2, row_number_9 = ROW_NUMBER() OVER ()]
                   scan t [a_1, b_2]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT, c1 STRING, c2 BIGINT NOT NULL]
      exchange spill: read 2 times: written once to a file

    relational-2: read input_0, scan u, inner join
      reads    relational-1 as input_0
      sql      c0 = a_1, c1 = d_5, c2 = b_2, c3 = row_number_9, c4 = a_4
                 inner join on a_1 = a_4
                   scan input_0 [a_1, b_2, row_number_9]
                   scan u [a_4, d_5]
      scans    u: parquet data
      output   [c0 BIGINT, c1 BIGINT NOT NULL] [c2 STRING, c3 BIGINT NOT NULL, c4 BIGINT]
      exchange stream: one consumer

    python-3: filter near(a_1, d_5)
      reads    relational-2
      step #0  near(c0, c1) -> BOOLEAN
      shipped  c0, c1
      kept     c0, c1, c2, c3, c4
      workers  2, group shared
      output   [c0 BIGINT, c1 BIGINT NOT NULL] [c2 STRING, c3 BIGINT NOT NULL, c4 BIGINT]
      exchange spill: read 2 times: written once to a file

    relational-4: read input_0, project, read input_1, read input_2, project, anti join, project, union all, project
      reads    python-3 as input_0
               relational-1 as input_1
               python-3 as input_2
      sql      c0 = b_7, c1 = d_8
                 project [b_7 = b_29, d_8 = d_31]
                   union all [b_29, d_31]
                     project [b_13 = b_2, d_15 = d_5]
                       scan input_0 [b_2, d_5]
                     project [b_25 = b_22, d_27 = NULL]
                       anti join on row_number_23 = row_number_18
                         scan input_1 [b_22, row_number_23]
                         project [row_number_18]
                           scan input_2 [row_number_18]
      output   [c0 STRING, c1 BIGINT]
      exchange stream: one consumer

    sink-5: collect
      reads    relational-4
      columns  b = c0, d = c1
    "
  `);
});

test('a subquery with calls has stages of its own', () => {
  expect(stagesText('SELECT a FROM t WHERE a IN (SELECT inc(d) FROM u)')).toMatchInlineSnapshot(`
    "
    relational-1: scan u
      sql      c0 = d_5
                 scan u [d_5]
      scans    u: parquet data
      output   [c0 BIGINT NOT NULL]
      exchange stream: one consumer

    python-2: inc(d_5)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    relational-3: scan t, filter, project
      reads    python-2 as input_0
      sql      c0 = a_8
                 project [a_8 = a_1]
                   filter a_1 IN (…)
                     scan t [a_1]
                     subquery:
                       project [EXPR0_7 = inc_9]
                         scan input_0 [inc_9]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  a = c0
    "
  `);
});

test('VALUES with calls become rows of projections', () => {
  expect(stagesText("INSERT INTO results VALUES (inc(1), 'x'), (2, 'y')")).toMatchInlineSnapshot(`
    "
    relational-1: values, project
      sql      c0 = EXPR1_8
                 project [EXPR1_8 = 'x']
                   values [row_5] 1 row
      output   [c0 CHAR(1) NOT NULL]
      exchange stream: one consumer

    python-2: inc(1)
      reads    relational-1
      step #0  inc(1) -> BIGINT
      shipped  c0
      kept     c0
      workers  1, group shared
      output   [c0 CHAR(1) NOT NULL] [c1 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, project, values, project, union all, project, write results
      reads    python-2 as input_0
      sql      x = x_3, y = y_4
                 project [x_3 = EXPR0_13, y_4 = CAST(EXPR1_14 AS STRING)]
                   union all [EXPR0_13, EXPR1_14]
                     project [EXPR0_6 = inc_9, EXPR1_7 = EXPR1_8]
                       scan input_0 [EXPR1_8, inc_9]
                     project [EXPR0_11 = 2, EXPR1_12 = 'y']
                       values [row_10] 1 row
      writes   results: parquet data
    "
  `);
});

test('a nondeterministic call is made once for each place it is written', () => {
  const graph = stagesOf('SELECT dice(a), dice(a), inc(a), inc(a) FROM t');

  expect(graph.stages.map((stage) => stage.description)).toContain('dice(a_1), dice(a_1), inc(a_1)');
});

test('a function without arguments is shipped one column that counts the rows', () => {
  expect(stagesText('SELECT now_is() FROM t')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      order    kept
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: now_is()
      reads    relational-1
      step #0  now_is() -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-3: collect
      reads    python-2
      columns  EXPR$0 = c0
    "
  `);
});

test('counting the rows that a Python filter leaves ships nothing more than it needs', () => {
  expect(stagesText('SELECT COUNT(*) FROM t WHERE is_good(a)')).toMatchInlineSnapshot(`
    "
    relational-1: scan t
      sql      c0 = a_1
                 scan t [a_1]
      scans    t: parquet data
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: filter is_good(a_1)
      reads    relational-1
      step #0  is_good(c0) -> BOOLEAN
      shipped  c0
      kept     c0
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, aggregate, project
      reads    python-2 as input_0
      sql      c0 = EXPR0_5
                 project [EXPR0_5 = count_4]
                   aggregate by [] [count_4 = COUNT(*)]
                     scan input_0 [a_1]
      output   [c0 BIGINT NOT NULL]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  EXPR$0 = c0
    "
  `);
});

test('files are written by a relational stage also where a Python stage ends the query', () => {
  expect(stagesText('INSERT INTO results SELECT inc(a), b FROM t')).toMatchInlineSnapshot(`
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

    relational-3: read input_0, project, write results
      reads    python-2 as input_0
      sql      x = x_6, y = y_7
                 project [x_6 = inc_8, y_7 = b_2]
                   scan input_0 [b_2, inc_8]
      writes   results: parquet data
    "
  `);
});

test('a stream goes from its source through Python to its sink without relational work', () => {
  expect(stagesText('INSERT INTO screen SELECT inc(n) FROM ticks', 'streaming')).toMatchInlineSnapshot(`
    "
    source-1: datagen ticks
      source   datagen, unbounded
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-2: inc(n_1)
      reads    source-1
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-3: print
      reads    python-2
      columns  x = c0
    "
  `);
});

test('expressions of a stream are computed for each batch', () => {
  expect(stagesText('SELECT inc(n + 1) FROM ticks WHERE n > 5', 'streaming')).toMatchInlineSnapshot(`
    "
    source-1: datagen ticks
      source   datagen, unbounded
      output   [c0 BIGINT]
      exchange stream: one consumer

    stream-2: calc
      reads    source-1
      operator n_1 = c0; where n_1 > 5; give n_1 + 1
      output   [c0 BIGINT]
      exchange stream: one consumer

    python-3: inc(inc_0_4)
      reads    stream-2
      step #0  inc(c0) -> BIGINT
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    sink-4: collect
      reads    python-3
      columns  EXPR$0 = c0
    "
  `);
});

test('the INSERTs of a statement set are one graph', () => {
  const graph = stagesOf(
    'EXECUTE STATEMENT SET BEGIN INSERT INTO screen SELECT a FROM t; INSERT INTO screen SELECT inc(a) FROM t; END',
  );

  expect(graph.stages.map((stage) => stage.id)).toEqual([
    'relational-1',
    'sink-2',
    'relational-3',
    'python-4',
    'sink-5',
  ]);
});

test('FILTER guards the calls in the argument of its aggregate, which are made for its rows alone', () => {
  const text = stagesText('SELECT b, SUM(inc(a)) FILTER (WHERE c > 1) AS s FROM t GROUP BY b');

  expect(text).toContain('c1 = inc_guard');
  expect(text).toContain('step #0  inc(c0) where c1 -> BIGINT');
});

test('a filter that may change between two looks does not guard', () => {
  expect(stagesText('SELECT SUM(inc(a)) FILTER (WHERE RAND() > 0.5) AS s FROM t')).not.toContain('guard');
});

test('aggregates that depend on the order of rows run in one thread, unless they say their own order', () => {
  const oneThread = (sql: string) =>
    stagesOf(sql).stages.flatMap((stage) => (stage.kind === 'relational' ? [stage.oneThread] : []));

  expect(oneThread('SELECT b, FIRST_VALUE(a) AS f FROM t GROUP BY b')).toEqual([true]);
  expect(oneThread('SELECT b, FIRST_VALUE(inc(a)) AS f FROM t GROUP BY b')).toEqual([false, true]);
  expect(oneThread('SELECT b, MAX(a) AS f FROM t GROUP BY b')).toEqual([false]);
});

test('says which stages only read: a scan with projections, and nothing that takes time in DuckDB', () => {
  const onlyReads = (sql: string) =>
    stagesOf(sql).stages.flatMap((stage) => (stage.kind === 'relational' ? [stage.onlyReads] : []));

  expect(onlyReads('SELECT inc(a + 1) AS i FROM t')).toEqual([true]);
  expect(onlyReads('SELECT inc(a) AS i FROM t WHERE a > 1')).toEqual([false]);
  expect(onlyReads('SELECT SUM(inc(a)) AS s FROM t')).toEqual([true, false]);
  expect(onlyReads('SELECT inc(m) AS i FROM (SELECT MAX(a) AS m FROM t GROUP BY b)')).toEqual([false]);
});
