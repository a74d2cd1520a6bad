import { expect, it } from 'vitest';
import { mostRows } from '../../../core/plan/most-rows.js';
import { bind } from '../graph/planning.js';

it.each([
  ['SELECT inc(x) FROM (VALUES (1), (2), (3)) AS v(x) WHERE x > 1 ORDER BY x', 3],
  ['SELECT inc(x) FROM (VALUES (1), (2), (3)) AS v(x) LIMIT 2', 2],
  ['SELECT a FROM t LIMIT 5', 5],
  ['SELECT COUNT(*) FROM t', 1],
  ['SELECT a FROM t', null],
  ['SELECT COUNT(*) FROM t GROUP BY a', null],
  ['SELECT COUNT(*) FROM t GROUP BY ROLLUP (a)', null],
  ['SELECT x FROM (VALUES (1)) AS v(x), t', null],
])('%s gives at most %s rows', (sql, rows) => {
  expect(mostRows(bind(sql)[0]!.root)).toBe(rows);
});
