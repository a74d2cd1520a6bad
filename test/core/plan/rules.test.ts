import { expect, test } from 'vitest';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import { explainPlan } from '../../../core/plan/explain-plan.js';
import { optimize } from '../../../core/plan/optimizer.js';
import { liftPythonProjects } from '../../../core/plan/rules/lift-python-projects.js';
import { mergeProjects } from '../../../core/plan/rules/merge-projects.js';
import { pruneColumns } from '../../../core/plan/rules/prune-columns.js';
import { pushFilters } from '../../../core/plan/rules/push-filters.js';
import type { Rule } from '../../../core/plan/rules/rule.js';
import { shareOperands } from '../../../core/plan/rules/share-operands.js';
import { simplifyFilters } from '../../../core/plan/rules/simplify-filters.js';
import { addTable, bind, testCatalog } from '../graph/planning.js';

/** The plan of a query after some rules. */
function after(sql: string, ...rules: readonly Rule[]): string {
  const ids = new ColumnIds();
  const [query] = bind(sql, testCatalog(), ids);
  const plan = rules.reduce((current, rule) => rule.apply(current, ids), query!.root);
  return `\n${explainPlan(plan)}\n`;
}

test('conjuncts go to the tables they read, through projections and below calls', () => {
  expect(
    after(
      "SELECT k FROM (SELECT a, b, inc(a) AS k FROM t) AS q JOIN u ON q.a = u.a WHERE q.b = 'x' AND u.d > 1 AND k > 2 AND q.a > u.d",
      pushFilters,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [k_10 = k_6]
      inner join on a_4 = a_7 AND a_4 > d_8
        filter k_6 > 2
          project [a_4 = a_1, b_5 = b_2, k_6 = inc(a_1)]
            filter b_2 = 'x'
              scan t [a_1, b_2, c_3]
        filter d_8 > 1
          scan u [a_7, d_8, tags_9]
    "
  `);
});

test('a condition with a subquery stays above what is done in the order of event time: its rows would be late below', () => {
  const catalog = testCatalog();
  addTable(catalog, 'clicks', { who: 'BIGINT', ts: 'TIMESTAMP(3)' }, undefined, 'ts');
  const [query] = bind(
    `SELECT * FROM (
       SELECT window_end, who, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, who
     ) WHERE who > 2 AND who IN (SELECT a FROM t)`,
    catalog,
    new ColumnIds(),
    true,
  );
  const lines = explainPlan(pushFilters.apply(query!.root, new ColumnIds()))
    .split('\n')
    .map((line) => line.trim());

  const [subquery, grouping, comparison] = [/^filter .*IN \(…\)/, /^aggregate/, /^filter .*> 2/].map((line) =>
    lines.findIndex((text) => line.test(text)),
  );
  expect([subquery, grouping, comparison]).not.toContain(-1);
  expect(subquery).toBeLessThan(grouping!);
  expect(grouping).toBeLessThan(comparison!);
});

test('a cross join with an equality in WHERE becomes a join on it', () => {
  expect(after('SELECT t.b FROM t, u WHERE t.a = u.a AND t.c = 1', pushFilters)).toMatchInlineSnapshot(`
    "
    project [b_7 = b_2]
      inner join on a_1 = a_4
        filter c_3 = 1
          scan t [a_1, b_2, c_3]
        scan u [a_4, d_5, tags_6]
    "
  `);
});

test('a comparison of an equal column with a constant reaches the padded side of an outer join too, another condition does not', () => {
  expect(
    after('SELECT t.b FROM t LEFT JOIN u ON t.a = u.a WHERE t.a > 1 AND 1 / t.a > 0', pushFilters),
  ).toMatchInlineSnapshot(`
    "
    project [b_7 = b_2]
      left join on a_1 = a_4
        filter a_1 > 1 AND (1 / a_1) > 0
          scan t [a_1, b_2, c_3]
        filter a_4 > 1
          scan u [a_4, d_5, tags_6]
    "
  `);
});

test('a condition with a subquery stays above a join, where fewer rows are left; below it where Python is called', () => {
  const plain = after(
    'SELECT t.b FROM t, u WHERE t.a = u.a AND t.c = 1 AND EXISTS (SELECT 1 FROM u AS v WHERE v.a = t.a)',
    pushFilters,
  );
  const python = after(
    'SELECT t.b FROM (SELECT a, b, inc(a) AS k FROM t) AS t, u WHERE t.k = u.a AND EXISTS (SELECT 1 FROM u AS v WHERE v.a = t.a)',
    pushFilters,
  );

  expect(plain.indexOf('EXISTS')).toBeLessThan(plain.indexOf('inner join'));
  expect(python.indexOf('EXISTS')).toBeGreaterThan(python.indexOf('inner join'));
});

test('WHERE does not reach the padded side of an outer join, ON does', () => {
  expect(
    after(
      'SELECT t.b FROM t LEFT JOIN u ON t.a = u.a AND u.d > 1 AND t.c > 2 WHERE u.d = 3 AND t.c = 4',
      pushFilters,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [b_7 = b_2]
      filter d_5 = 3
        left join on a_1 = a_4 AND c_3 > 2
          filter c_3 = 4
            scan t [a_1, b_2, c_3]
          filter d_5 > 1
            scan u [a_4, d_5, tags_6]
    "
  `);
});

test('HAVING over keys is a condition on rows, HAVING over aggregates is not', () => {
  expect(
    after("SELECT b FROM t GROUP BY b HAVING b > 'x' AND COUNT(*) > 1", pushFilters),
  ).toMatchInlineSnapshot(`
    "
    project [b_4 = b_6]
      filter count_5 > 1
        aggregate by [b_6 = b_2] [count_5 = COUNT(*)]
          filter b_2 > 'x'
            scan t [a_1, b_2, c_3]
    "
  `);
});

test('conditions go into both sides of a union and below lateral joins', () => {
  expect(
    after('SELECT x FROM (SELECT a AS x FROM t UNION ALL SELECT d FROM u) AS q WHERE x > 1', pushFilters),
  ).toMatchInlineSnapshot(`
    "
    project [x_10 = x_9]
      union all [x_9]
        project [x_4 = a_1]
          filter a_1 > 1
            scan t [a_1, b_2, c_3]
        project [d_8 = d_6]
          filter d_6 > 1
            scan u [a_5, d_6, tags_7]
    "
  `);
  expect(
    after(
      "SELECT word FROM t, LATERAL TABLE(words(b)) AS w(word, n) WHERE a > 1 AND word = 'x'",
      pushFilters,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [word_6 = word_4]
      filter word_4 = 'x'
        lateral words(b_2) [word_4, length_5]
          filter a_1 > 1
            scan t [a_1, b_2, c_3]
    "
  `);
});

test('conditions do not pass LIMIT or window functions', () => {
  expect(
    after('SELECT a FROM (SELECT a FROM t LIMIT 3) AS q WHERE a > 1', pushFilters),
  ).toMatchInlineSnapshot(`
    "
    project [a_5 = a_4]
      filter a_4 > 1
        limit 3
          project [a_4 = a_1]
            scan t [a_1, b_2, c_3]
    "
  `);
  expect(
    after(
      'SELECT a FROM (SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS n FROM t) AS q WHERE a > 1 AND n = 1',
      pushFilters,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [a_6 = a_4]
      filter a_4 > 1 AND n_5 = 1
        project [a_4 = a_1, n_5 = ROW_NUMBER() OVER (ORDER BY a_1)]
          scan t [a_1, b_2, c_3]
    "
  `);
});

test('columns that nobody reads are neither scanned nor computed, nor are their calls made', () => {
  expect(
    after('SELECT x FROM (SELECT a AS x, inc(a) AS y, shout(b) AS z FROM t) AS q', pruneColumns),
  ).toMatchInlineSnapshot(`
    "
    project [x_7 = x_4]
      project [x_4 = a_1]
        scan t [a_1]
    "
  `);
});

test('counting rows reads one column', () => {
  expect(after('SELECT COUNT(*) FROM t', pruneColumns)).toMatchInlineSnapshot(`
    "
    project [EXPR0_5 = count_4]
      aggregate by [] [count_4 = COUNT(*)]
        scan t [a_1]
    "
  `);
});

test('projections become one, so that calls meet', () => {
  expect(after('SELECT inc(k) FROM (SELECT inc(a) AS k FROM t) AS q', mergeProjects)).toMatchInlineSnapshot(`
    "
    project [EXPR0_5 = inc(inc(a_1))]
      scan t [a_1, b_2, c_3]
    "
  `);
});

test('projections stay apart where merging would evaluate something twice', () => {
  expect(after('SELECT k + k FROM (SELECT dice(a) AS k FROM t) AS q', mergeProjects)).toMatchInlineSnapshot(`
    "
    project [EXPR0_5 = k_4 + k_4]
      project [k_4 = dice(a_1)]
        scan t [a_1, b_2, c_3]
    "
  `);
  expect(after('SELECT r + 1 FROM (SELECT RAND() AS r FROM t) AS q', mergeProjects)).toMatchInlineSnapshot(`
    "
    project [EXPR0_5 = r_4 + 1]
      project [r_4 = RAND()]
        scan t [a_1, b_2, c_3]
    "
  `);
});

test('a deterministic call is copied, because the planner makes equal calls once', () => {
  expect(
    after('SELECT k, k + 1 FROM (SELECT inc(a) AS k FROM t) AS q', mergeProjects),
  ).toMatchInlineSnapshot(`
    "
    project [k_5 = inc(a_1), EXPR1_6 = inc(a_1) + 1]
      scan t [a_1, b_2, c_3]
    "
  `);
});

test('calls move above LIMIT, and above an ORDER BY that does not need them', () => {
  expect(after('SELECT inc(a) FROM t ORDER BY c LIMIT 1', liftPythonProjects)).toMatchInlineSnapshot(`
    "
    project [EXPR0_4]
      project [EXPR0_4 = inc(a_1), sort_5 = c_3]
        limit 1
          sort by c_3
            scan t [a_1, b_2, c_3]
    "
  `);
  expect(after('SELECT inc(a) FROM t ORDER BY inc(a) LIMIT 1', liftPythonProjects)).toMatchInlineSnapshot(`
    "
    limit 1
      sort by EXPR0_4
        project [EXPR0_4 = inc(a_1)]
          scan t [a_1, b_2, c_3]
    "
  `);
});

test('WHERE TRUE is no condition', () => {
  expect(after('SELECT a FROM t WHERE TRUE', simplifyFilters)).toMatchInlineSnapshot(`
    "
    project [a_4 = a_1]
      scan t [a_1, b_2, c_3]
    "
  `);
});

test('the rules together leave one projection over one filter', () => {
  const ids = new ColumnIds();
  const sql =
    "SELECT inc(k) FROM (SELECT a AS k, b FROM (SELECT a, b, c FROM t) AS p WHERE c > 1) AS q WHERE b = 'x'";
  const [query] = bind(sql, testCatalog(), ids);

  expect(explainPlan(optimize(query!.root, ids))).toMatchInlineSnapshot(`
    "project [EXPR0_9 = inc(a_1)]
      filter c_3 > 1 AND b_2 = 'x'
        scan t [a_1, b_2, c_3]"
  `);
});

test('a shared plan keeps the columns that any of its readers needs', () => {
  expect(
    after(
      'WITH q AS (SELECT a, b, inc(a) AS k, shout(b) AS s FROM t) SELECT l.a FROM q l JOIN q r ON l.a = r.k',
      pruneColumns,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [a_17 = a_9]
      inner join on a_9 = k_15
        shared shared_8 [a_9, k_11]
          project [a_4 = a_1, k_6 = inc(a_1)]
            scan t [a_1]
        shared shared_8 [a_13, k_15]
    "
  `);
});

test('what operands of an aggregate have in common is a column below it, where it is DECIMAL arithmetic', () => {
  const d = 'CAST(c AS DECIMAL(15, 2)) AS d';
  expect(
    after(
      `SELECT SUM(d * (1 - d)), SUM(d * (1 - d) * (1 + d)), SUM(a + 1), MAX(a + 1) FROM (SELECT a, ${d} FROM t) AS q`,
      shareOperands,
    ),
  ).toMatchInlineSnapshot(`
    "
    project [EXPR0_10 = sum_6, EXPR1_11 = sum_7, EXPR2_12 = sum_8, EXPR3_13 = max_9]
      aggregate by [] [sum_6 = SUM(operand_14), sum_7 = SUM(operand_14 * (1 + d_5)), sum_8 = SUM(a_4 + 1), max_9 = MAX(a_4 + 1)]
        project [a_4, d_5, operand_14 = d_5 * (1 - d_5)]
          project [a_4 = a_1, d_5 = CAST(c_3 AS DECIMAL(15, 2))]
            scan t [a_1, b_2, c_3]
    "
  `);
});
