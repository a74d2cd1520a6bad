import { expect, test } from 'vitest';
import { stagesOf, stagesText } from './planning.js';

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
      partial  COUNT(*) of each bundle
      shipped  c0
      kept     nothing
      workers  2, group shared
      output   [c0 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, aggregate, project
      reads    python-2 as input_0
      sql      c0 = EXPR0_5
                 project [EXPR0_5 = COALESCE(count_8, 0)]
                   aggregate by [] [count_8 = SUM(partial_count_7)]
                     scan input_0 [partial_count_7]
      output   [c0 BIGINT NOT NULL]
      exchange stream: one consumer

    sink-4: collect
      reads    relational-3
      columns  EXPR$0 = c0
    "
  `);
});

test('FILTER guards the calls in the argument of its aggregate, which are made for its rows alone', () => {
  const text = stagesText('SELECT b, SUM(inc(a)) FILTER (WHERE c > 1) AS s FROM t GROUP BY b');

  expect(text).toContain('c1 = inc_guard');
  expect(text).toContain('step #0  inc(c0) where c1 -> BIGINT');
});

test('a filter that may change between two looks is looked at once, by the calls and by the aggregate', () => {
  const text = stagesText('SELECT SUM(inc(a)) FILTER (WHERE RAND() > 0.5) AS s FROM t');

  expect(text.match(/RAND\(\)/g)).toHaveLength(1);
  expect(text).toContain('inc_guard_7 = operand_6 IS TRUE');
  expect(text).toContain('SUM(CASE WHEN operand_6 THEN inc_8 END) FILTER (WHERE operand_6)');
});
