import { expect, test } from 'vitest';
import { explainQueries } from '../../../core/graph/explain.js';
import { STANDARD_CONNECTORS } from '../../../core/graph/plan-options.js';
import { planStages } from '../../../core/graph/plan-stages.js';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import { optimize } from '../../../core/plan/optimizer.js';
import { bind, FUNCTIONS, stagesText, testCatalog } from './planning.js';

const functions = { declaration: (name: string) => FUNCTIONS.find((f) => f.name === name) ?? null };

test('EXPLAIN shows the optimised plan of each query, then the stages with what they ship and how they are joined', () => {
  const ids = new ColumnIds();
  const sql =
    "INSERT INTO results SELECT scale(x => inc(a), factor => 3), b FROM t WHERE c > 1 AND NOT (b = 'x' OR b LIKE 'y%')";
  const queries = bind(sql, testCatalog(), ids).map((q) => ({ ...q, root: optimize(q.root, ids) }));
  const graph = planStages(queries, {
    mode: 'batch',
    isBounded: true,
    parallelism: 4,
    functions,
    aggregatePhases: 'auto',
    connectors: STANDARD_CONNECTORS,
    renderer: {
      query: () => 'SELECT …',
      copy: () => ({ format: 'parquet', copyOptions: 'FORMAT parquet', emptyForNull: null }),
    },
    ids,
    sql,
  });

  expect(`\n${explainQueries(queries, graph)}\n`).toMatchInlineSnapshot(`
    "
    == Logical plan into results ==
    project [x_6 = scale(x => inc(a_1), factor => 3), y_7 = b_2]
      filter c_3 > 1 AND NOT ((b_2 = 'x') OR (b_2 LIKE 'y%'))
        scan t [a_1, b_2, c_3]

    == Stages (batch) ==
    relational-1: scan t, filter
      sql      SELECT …
      scans    t: parquet data
      output   [c0 BIGINT] [c1 STRING]
      exchange stream: one consumer

    python-2: scale(inc(a_1), 3)
      reads    relational-1
      step #0  inc(c0) -> BIGINT
      step #1  scale(x => #0, factor => 3) -> BIGINT
      shipped  c0
      kept     c1
      workers  4, group shared
      output   [c0 STRING] [c1 BIGINT]
      exchange stream: one consumer

    relational-3: read input_0, project, write results
      reads    python-2 as input_0
      sql      SELECT …
      writes   results: parquet data
    "
  `);
});

test('expressions read as they were meant', () => {
  const ids = new ColumnIds();
  const sql = `SELECT CASE WHEN a IN (1, 2) THEN -c ELSE NULL END, CAST(b AS INT), TRY_CAST(b AS DATE), a * (c + 1),
    SUM(c) OVER (PARTITION BY b ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), b IS NOT NULL, X'0A', DATE '2024-02-01'
    FROM t`;
  const [query] = bind(sql, testCatalog(), ids);

  expect(query!.root.kind).toBe('project');
  expect(explainQueries([query!], { stages: [], exchanges: [], mode: 'batch' })).toMatchInlineSnapshot(`
    "== Logical plan ==
    project [EXPR0_4 = CASE WHEN a_1 IN (1, 2) THEN NEGATE(c_3) ELSE NULL END, EXPR1_5 = CAST(b_2 AS INT), EXPR2_6 = TRY_CAST(b_2 AS DATE), EXPR3_7 = a_1 * (c_3 + 1), EXPR4_8 = SUM(c_3) OVER (PARTITION BY b_2 ORDER BY a_1 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), EXPR5_9 = b_2 IS NOT NULL, EXPR6_10 = X'0A', EXPR7_11 = DATE '2024-02-01']
      scan t [a_1, b_2, c_3]

    == Stages (batch) ==
    "
  `);
});

test.each([
  [
    'SELECT scale(x => a, factor => 3) FROM t WHERE is_good(a)',
    'not with python-2: only the rows that its filter keeps are called here',
  ],
  ['SELECT inc(inc(a) + 1) FROM t', 'not with python-2: relational-3 works on its rows first'],
  ['SELECT big(inc(a)) FROM t', 'not with python-2: other workers, shared there and memory=1 GB here'],
])('EXPLAIN says why the calls of %s are in two stages', (sql, reason) => {
  expect(stagesText(sql)).toContain(`  chain    ${reason}\n`);
});

test('EXPLAIN says why calls that look the same are not shared', () => {
  expect(stagesText('SELECT dice(a), dice(a) FROM t')).toContain(
    '  options  dice: not deterministic, so no call is shared\n',
  );
});
