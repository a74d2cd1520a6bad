import { expect, test } from 'vitest';
import { stagesText } from './planning.js';

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
