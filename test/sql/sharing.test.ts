import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TableEnvironment } from '../../operators/index.js';

const SEQUENCES =
  "'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '30', 'fields.k.kind' = 'sequence', 'fields.k.start' = '5', 'fields.k.end' = '34'";

let folder = '';
let env: TableEnvironment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-sharing-'));
  // A job with checkpoints is a stream, although its sources end.
  const configuration = {
    'execution.runtime-mode': 'streaming',
    'execution.checkpointing.interval': '1 h',
    'execution.checkpointing.dir': folder,
  };
  env = await TableEnvironment.create({ configuration });
  await env.executeSql(`CREATE TABLE t (
      id BIGINT, k BIGINT, ts AS TO_TIMESTAMP_LTZ(id * 1000, 3), c AS k * 2, WATERMARK FOR ts AS ts
    ) WITH ('connector' = 'datagen', 'number-of-rows' = '30', ${SEQUENCES});
    CREATE TEMPORARY VIEW v AS SELECT MOD(k, 4) AS g, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY MOD(k, 4)`);
});
afterAll(async () => {
  await env.close();
  await rm(folder, { recursive: true });
});

/** The rows in no order, where equal parts are computed once or for each place. */
async function rowsOf(sql: string, isShared: boolean): Promise<string[]> {
  await env.executeSql(`SET 'table.optimizer.reuse-sub-plan-enabled' = '${isShared}'`);
  const rows = await env.sqlQuery(sql).execute().toArray();
  return rows.map((row) => Object.values(row).map(String).join(' ')).sort();
}

it.each([
  ['SELECT id FROM t AS o WHERE EXISTS (SELECT 1 FROM t AS i WHERE i.k = o.id AND i.c > 20)', 20],
  ['SELECT id FROM t AS o WHERE NOT EXISTS (SELECT 1 FROM t AS i WHERE i.k = o.id)', 4],
  ['SELECT id, (SELECT MAX(i.k) FROM t AS i WHERE MOD(i.id, 3) = MOD(o.id, 3)) FROM t AS o', 30],
  ['SELECT id FROM t WHERE k > (SELECT AVG(k) FROM t)', 15],
  ['SELECT o.id, l.m FROM t AS o, LATERAL (SELECT MAX(k) AS m FROM t AS i WHERE i.id < o.id) AS l', 30],
  ['SELECT id FROM t WHERE id = ANY (SELECT k FROM t)', 26],
  ['SELECT a.g, b.g FROM v AS a LEFT JOIN v AS b ON a.n = b.g', 4],
  ['SELECT g FROM v WHERE s = (SELECT MAX(s) FROM v)', 1],
  ['SELECT g FROM v UNION SELECT id FROM t UNION SELECT g FROM v', 31],
  ['SELECT g FROM v INTERSECT SELECT id FROM t', 3],
  ['SELECT g, n FROM v WHERE g IN (SELECT g FROM v WHERE n > 7)', 2],
  [
    "SELECT x.id, y.id FROM t AS x JOIN t AS y ON x.id = y.k AND x.ts BETWEEN y.ts AND y.ts + INTERVAL '9' SECOND",
    26,
  ],
  [
    `SELECT q.id, z.k FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY MOD(k, 3) ORDER BY id DESC) AS r FROM t) AS q
     JOIN t AS z ON q.id = z.id WHERE r <= 2`,
    6,
  ],
  [
    'WITH w AS (SELECT id, k FROM t WHERE k > 10) SELECT a.id, (SELECT COUNT(*) FROM w AS b WHERE b.k = a.id) FROM w AS a',
    24,
  ],
])('gives the rows that it gives where nothing is shared: %s', async (sql, count) => {
  const shared = await rowsOf(sql, true);

  expect(shared).toHaveLength(count);
  expect(shared).toEqual(await rowsOf(sql, false));
});
