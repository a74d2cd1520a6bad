/** Rows that do not fit the memory of a relational worker are sorted, grouped and joined on disk. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session, type StatementResult } from '../../operators/index.js';
import { testPython } from '../core/render/duckdb.js';

const ROWS = 8_000_000;
const CAP_BYTES = 400 * 1024 * 1024;
const PROGRAM = fileURLToPath(new URL('../../bench/large.py', import.meta.url));

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-large-'));
  execFileSync(testPython(), [PROGRAM, 'generate', folder, String(ROWS)]);
  await mkdir(join(folder, 'spilled'));
  session = await Session.open({
    configuration: {
      'millstream.relational.memory': `${CAP_BYTES} b`,
      'io.tmp.dirs': join(folder, 'spilled'),
    },
    workingDirectory: folder,
    jobFolder: folder,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: testPython(),
    mode: 'batch',
  });
  await run(tables());
}, 300_000);
afterAll(async () => {
  await session?.close();
  await rm(folder, { recursive: true, force: true });
});

describe(`${ROWS} rows in a relational worker of 400 MiB`, () => {
  it('are sorted into a file, the worker staying below its cap', async () => {
    const { peakBytes } = await run('INSERT INTO sorted SELECT * FROM t ORDER BY k');

    const inOrder = execFileSync(testPython(), [PROGRAM, 'check', join(folder, 'sorted')], {
      encoding: 'utf8',
    });
    expect(Number(inOrder)).toBe(ROWS);
    expect(peakBytes).toBeLessThanOrEqual(CAP_BYTES);
  });

  it('are grouped into half as many groups', async () => {
    const { rows } = await run(
      'SELECT COUNT(*), SUM(c), SUM(total) FROM (SELECT g, COUNT(*) AS c, SUM(v) AS total FROM t GROUP BY g)',
    );

    expect(rows).toEqual([`${ROWS / 2},${ROWS},${ROWS * 499.5}`]);
  });

  it('are joined with half as many', async () => {
    const { rows } = await run('SELECT COUNT(*), SUM(u.w) FROM t JOIN u ON t.g = u.g');

    expect(rows).toEqual([`${ROWS},${ROWS * 4.5}`]);
  });

  it('leave nothing of what was spilled', async () => {
    await session.close();

    expect(await readdir(join(folder, 'spilled'))).toEqual([]);
  });
});

/** The rows of the last statement, and the most memory that a relational worker took. */
async function run(sql: string): Promise<{ readonly rows: string[]; readonly peakBytes: number }> {
  const rows: string[] = [];
  let last: StatementResult | null = null;
  for await (const result of session.execute(sql)) {
    last = result;
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        rows.push(result.columns.map((_, column) => batch.jsonText(row, column)).join(','));
      }
    }
  }
  const summary = last?.kind === 'inserted' ? last.summary : last?.kind === 'rows' ? last.summary() : null;
  const peaks = (summary?.workers ?? [])
    .filter(({ kind }) => kind === 'relational')
    .map(({ peakBytes }) => peakBytes ?? 0);
  return { rows, peakBytes: Math.max(0, ...peaks) };
}

function tables(): string {
  const table = (name: string, columns: string) =>
    `CREATE TEMPORARY TABLE ${name} (${columns}) ` +
    `WITH ('connector' = 'filesystem', 'path' = '${folder}/${name}${name === 'sorted' ? '' : '.parquet'}', 'format' = 'parquet');`;
  const columns = 'k BIGINT, g BIGINT, v DOUBLE, s STRING';
  return [table('t', columns), table('sorted', columns), table('u', 'g BIGINT, w DOUBLE')].join('\n');
}
