import { expect, test } from 'vitest';
import { stagesOf } from './planning.js';
import { problem } from './problem.js';

const inBatch: readonly (readonly [sql: string, problem: string])[] = [
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
    'SELECT n FROM ticks LEFT JOIN t ON MOD(n, a) = 1',
    'PLAN_STREAMING 1:36+13 This condition of an outer join is not supported in streaming mode. | For input that ends, use batch mode.',
  ],
  [
    'SELECT LAG(n, n) OVER (ORDER BY n) FROM ticks',
    'PLAN_STREAMING 1:8+27 LAG by something else than a constant number of rows is not supported in streaming mode. | For input that ends, use batch mode.',
  ],
];

test.each(inBatch)('%s is refused with the rewriting that works', (sql, expected) => {
  expect(problem(() => stagesOf(sql))).toBe(expected);
});

test.each(inStreaming)('%s is refused over unbounded input', (sql, expected) => {
  expect(problem(() => stagesOf(sql, 'streaming'))).toBe(expected);
});
