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
  expect(tableStage(`SELECT COUNT(*) ${from}`)).toEqual({ fields: [], selection: false });
  expect(tableStage(`SELECT COUNT(a) ${from}`)).toEqual({ fields: [], selection: true });
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
