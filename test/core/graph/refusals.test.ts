import { expect, test } from 'vitest';
import { stagesOf } from './planning.js';
import { problem } from './problem.js';

const inBatch: readonly (readonly [sql: string, problem: string])[] = [
  [
    'SELECT (SELECT inc(u.a) FROM u WHERE u.a = t.a) FROM t',
    'PLAN_UNSUPPORTED 1:8+40 This correlated subquery calls a Python function and cannot be made a join: more than one row may come back. | Compute the function in a derived table, then join that on the outer columns.',
  ],
  [
    'SELECT n FROM ticks',
    "PLAN_UNBOUNDED 1:15+5 Table default_catalog.default_database.ticks never ends, so it cannot be read in batch mode. | Use SET 'execution.runtime-mode' = 'streaming', or bound the table ('number-of-rows' of datagen, no 'source.monitor-interval' of files).",
  ],
  [
    'INSERT INTO ticks SELECT a, b FROM t',
    "PLAN_CONNECTOR null:null+null Table default_catalog.default_database.ticks cannot be written: connector 'datagen' is a source only. | Connectors that can be written: filesystem, print, blackhole.",
  ],
];

const inStreaming: readonly (readonly [sql: string, problem: string])[] = [
  [
    'SELECT n FROM ticks ORDER BY n',
    'PLAN_STREAMING 1:1+19 ORDER BY without LIMIT, unless by an ascending time, is not supported in streaming mode. | For input that ends, use batch mode.',
  ],
  [
    'SELECT n FROM ticks WHERE n = (SELECT a FROM t)',
    'PLAN_STREAMING 1:31+17 This subquery is not supported in streaming mode: more than one row may come back. | For input that ends, use batch mode.',
  ],
  [
    'SELECT n FROM ticks INTERSECT ALL SELECT a FROM t',
    'PLAN_STREAMING 1:1+49 INTERSECT ALL is not supported in streaming mode. | Leave ALL out.',
  ],
  [
    'SELECT n FROM ticks LEFT JOIN t ON n = a OR a > n',
    'PLAN_STREAMING 1:36+14 This condition of an outer join is not supported in streaming mode. | For input that ends, use batch mode.',
  ],
  [
    'SELECT LAG(n, n) OVER (ORDER BY n) FROM ticks',
    'PLAN_STREAMING 1:8+27 LAG by something else than a constant number of rows is not supported in streaming mode. | For input that ends, use batch mode.',
  ],
  [
    'SELECT n, m FROM ticks, LATERAL (SELECT MAX(a) AS m FROM t WHERE a < n)',
    'PLAN_STREAMING 1:34+37 This LATERAL query is computed for all rows left of it at once, and a stream never has them all. | For input that ends, use batch mode; or write a join, with WHERE ROW_NUMBER() … <= n for LIMIT.',
  ],
];

test.each(inBatch)('%s is refused with the rewriting that works', (sql, expected) => {
  expect(problem(() => stagesOf(sql))).toBe(expected);
});

test.each(inStreaming)('%s is refused over unbounded input', (sql, expected) => {
  expect(problem(() => stagesOf(sql, 'streaming'))).toBe(expected);
});
