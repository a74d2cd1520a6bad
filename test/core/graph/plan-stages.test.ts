import { expect, test } from 'vitest';
import { stagesOf, stagesText } from './planning.js';

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

test('says which stages only read: a scan with projections, and nothing that takes time in DuckDB', () => {
  const onlyReads = (sql: string) =>
    stagesOf(sql).stages.flatMap((stage) => (stage.kind === 'relational' ? [stage.onlyReads] : []));

  expect(onlyReads('SELECT inc(a + 1) AS i FROM t')).toEqual([true]);
  expect(onlyReads('SELECT inc(a) AS i FROM t WHERE a > 1')).toEqual([false]);
  expect(onlyReads('SELECT SUM(inc(a)) AS s FROM t')).toEqual([true, false]);
  expect(onlyReads('SELECT inc(m) AS i FROM (SELECT MAX(a) AS m FROM t GROUP BY b)')).toEqual([false]);
});
