/** Scans that function workers do themselves give what DuckDB's scans give, in the same order. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choosePython } from '../../bridge/index.js';
import type { Session, StatementResult } from '../../operators/index.js';
import { openSqlSession } from '../sql/sql-session.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/source-fusion', import.meta.url));
const FUNCTIONS = ['shown', 'same', 'even', 'some_of', 'total', 'fails', 'crashes'];
const ALL = 'id, b, i8, i16, i32, i64, f, d, s, y, dt, ts, tz, m';

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ms-fusion-'));
  const python = choosePython({ configured: null }).executable;
  execFileSync(python, [join(FIXTURES, 'tables.py'), join(folder, 't')]);
  session = await openSqlSession(folder, FIXTURES, 'batch');
  const functions = FUNCTIONS.map(
    (name) => `CREATE TEMPORARY FUNCTION ${name} AS 'fused_functions.${name}' LANGUAGE PYTHON;`,
  );
  await rowsOf(`${functions.join('\n')}
    CREATE TEMPORARY TABLE t (id BIGINT, b BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INT, i64 BIGINT, f FLOAT, d DOUBLE,
      s STRING, y BYTES, dt DATE, ts TIMESTAMP(6), tz TIMESTAMP_LTZ(6), m DECIMAL(10, 2))
    WITH ('connector' = 'filesystem', 'path' = 't', 'format' = 'parquet');
    SET 'millstream.batch.rows' = '300';`);
}, 60_000);

afterAll(async () => {
  await session?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a scan that function workers do themselves', () => {
  it.each([
    `SELECT id, shown(${ALL}) FROM t`,
    "SELECT id, same(id), s FROM t WHERE i32 > 10 AND s <> 'a'",
    'SELECT id, same(id) FROM t WHERE NOT b OR i8 <= -5',
    'SELECT id, same(id), d FROM t WHERE d >= 0.1',
    'SELECT id, same(id), d FROM t WHERE NOT (d > 1) OR 2 = d',
    'SELECT id, same(id) FROM t WHERE i64 = 9007199254740993 OR i64 BETWEEN -5 AND 5',
    "SELECT id, same(id) FROM t WHERE s NOT IN ('a', 'zebra') OR i32 IN (1, 2) OR s IS NULL",
    "SELECT id, same(id) FROM t WHERE s > 'a' AND dt >= DATE '1990-01-01' AND ts < TIMESTAMP '2020-01-01 00:00:00'",
    'SELECT id, s, same(id) + 1 FROM t WHERE even(id) AND i32 > 5',
    'SELECT id, n, s FROM t LEFT JOIN LATERAL TABLE(some_of(id)) AS u(n) ON TRUE WHERE i32 IS NOT NULL',
    'SELECT id, fails(id) FROM t WHERE i32 > 5',
    'SELECT id, same(i32), same(i8) FROM t WHERE i16 > 0',
    'SELECT total(id), COUNT(*) FROM t WHERE i32 > 0',
    'SELECT s, COUNT(*), SUM(same(i64)), MAX(id) FROM t GROUP BY s ORDER BY s',
    'SELECT b, total(id) FROM t WHERE i32 > 0 GROUP BY b ORDER BY b',
  ])('gives the same: %s', async (query) => {
    const { fused, plan, unfused } = await bothWays(query);

    expect(plan).toMatch(/reads t itself: \d splits of 2 files/);
    expect(fused).toEqual(unfused);
    expect(fused.length).toBeGreaterThan(0);
  });

  it('begins with aggregates by group where the dictionaries of its files are small', async () => {
    const few = await bothWays('SELECT b, total(id) FROM t GROUP BY b', 'ON');
    const many = await bothWays('SELECT i32, total(id) FROM t GROUP BY i32', 'ON');

    expect(few.plan).toMatch(
      /partial total\(.*\n.*reads t itself.*\n.*\n.*\n {2}groups {3}at most 3 in a row group/,
    );
    expect(many.plan).not.toContain('partial');
    expect(many.plan).toContain('not read by itself: a sort is in front of it');
  });

  it('leaves row groups out that have no row for its predicate', async () => {
    const { fused, plan } = await bothWays('SELECT same(id) FROM t WHERE id >= 4300 AND id < 4303', 'ON');

    expect(plan).toContain('reads t itself: 1 split of 2 files');
    expect(fused).toEqual(['[4300]', '[4301]', '[4302]']);
  });

  it('reads on where a row ends its worker, which costs that row', async () => {
    const { fused, plan } = await bothWays(
      'SELECT COUNT(*), COUNT(n), SUM(n) FROM (SELECT crashes(id) AS n FROM t)',
      'ON',
    );

    expect(plan).toContain('reads t itself');
    expect(fused).toEqual([`[5000,4999,${(4_999 * 5_000) / 2 - 4_321}]`]);
  }, 60_000);

  it('ends with a LIMIT above the function', async () => {
    const { fused } = await bothWays('SELECT id FROM t WHERE even(id) LIMIT 3', 'ON');

    expect(fused).toEqual(['[0]', '[2]', '[4]']);
  });

  it.each([
    ['SELECT same(id + 1) FROM t', 'columns are computed in front of it'],
    [
      'SELECT same(id) FROM t WHERE UPPER(s) = s',
      'its predicate is not a comparison of columns with constants',
    ],
    ['SELECT same(id) FROM t LIMIT 5', 'a limit is in front of it'],
    [
      'SELECT same(CAST(n AS BIGINT)) FROM (SELECT ARRAY[id] AS a FROM t), UNNEST(a) AS u(n)',
      'a unnest is in front of it',
    ],
  ])('is left to DuckDB, as EXPLAIN says: %s', async (query, reason) => {
    expect((await bothWays(query, 'ON')).plan).toContain(`not read by itself: ${reason}`);
  });

  it('is left to DuckDB where the files have other types', async () => {
    await rowsOf(`CREATE TEMPORARY TABLE wide (i32 BIGINT)
      WITH ('connector' = 'filesystem', 'path' = 't', 'format' = 'parquet');`);

    const { plan } = await bothWays('SELECT same(i32) FROM wide', 'ON');

    expect(plan).toContain('not read by itself: column i32 of a.parquet is int32, not int64');
  });

  it('is refused where a file is no Parquet, by its name', async () => {
    await writeFile(join(folder, 'broken.parquet'), 'this text was never a Parquet file\n');
    await rowsOf(`CREATE TEMPORARY TABLE broken (id BIGINT)
      WITH ('connector' = 'filesystem', 'path' = 'broken.parquet', 'format' = 'parquet');`);

    await expect(rowsOf('SELECT same(id) FROM broken')).rejects.toMatchObject({ code: 'SOURCE_CORRUPT' });
  });
});

async function bothWays(query: string, only: 'ON' | 'BOTH' = 'BOTH') {
  const unfused =
    only === 'ON' ? [] : await rowsOf(`SET 'millstream.optimizer.source-fusion' = 'OFF'; ${query};`);
  const fused = await rowsOf(`SET 'millstream.optimizer.source-fusion' = 'ON'; ${query};`);
  let plan = '';
  for await (const result of session.execute(`EXPLAIN ${query};`)) {
    if (result.kind === 'explain') plan = result.text;
  }
  return { fused, unfused, plan };
}

/** The rows of the last statement as JSON text. */
async function rowsOf(sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const result of session.execute(sql)) await collect(result, rows);
  return rows;
}

async function collect(result: StatementResult, rows: string[]): Promise<void> {
  if (result.kind !== 'rows') return;
  for await (const batch of result.batches()) {
    const columns = result.columns.map((_, i) => i);
    for (let row = 0; row < batch.rows; row++) {
      rows.push(`[${columns.map((column) => batch.jsonText(row, column)).join(',')}]`);
    }
  }
}
