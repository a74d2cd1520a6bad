/** Function workers that die while a job runs: what it gives must be what it gives without. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../support/seeded-random.js';
import { endOf, JobFolder } from './support/failing-run.js';

const ROWS = 300_000;
const ROWS_PER_KILL = 15_000;
const SEED = Number(process.env.MILLSTREAM_SEED ?? 7);

describe.skipIf(process.platform !== 'linux')('workers that are killed with SIGKILL', () => {
  it('lose no row, double none and change no order', { timeout: 120_000 }, async () => {
    const { sums, kills, code, stderr } = await killed(
      JOB.replace('QUERY', 'SELECT n, twice(n) AS m FROM numbers'),
    );

    expect({ code, sums }, stderr).toEqual({ code: 0, sums: { rows: ROWS, inOrder: ROWS, wrong: 0 } });
    expect(kills, stderr).toBeGreaterThanOrEqual(5);
    expect(stderr).toContain('was killed from outside with SIGKILL');
    expect(stderr).toMatch(/\d+ workers died and were replaced/);
  });

  it('inside large groups are given those groups again', { timeout: 120_000 }, async () => {
    const query = 'SELECT n, total(x) AS m FROM (SELECT n / 60000 AS n, n AS x FROM numbers) GROUP BY n';

    const { lines, code, stderr } = await killed(JOB.replace('QUERY', `${query} ORDER BY n`), 'at rows');

    expect(code, stderr).toBe(0);
    const sum = (group: number) =>
      Array.from({ length: 60_000 }, (_, i) => group * 60_000 + i).reduce((a, b) => a + b);
    expect(lines).toEqual(
      [0, 1, 2, 3, 4].map((group) => JSON.stringify({ op: '+I', row: [group, sum(group)] })),
    );
    expect(stderr).toContain('was killed from outside with SIGKILL');
  });

  it('lose nothing of the groups of a stream, which the job remembers', { timeout: 120_000 }, async () => {
    const stream = JOB.replace(
      '(n BIGINT)',
      '(n BIGINT, ts AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR ts AS ts)',
    );
    const query = 'SELECT k, total(n) AS m FROM (SELECT n % 3 AS k, n FROM numbers) GROUP BY k';

    const { lines, code, stderr } = await killed(
      `SET 'execution.runtime-mode' = 'streaming';\n${stream.replace('QUERY', query)}`,
      'at rows',
    );

    expect(code, stderr).toBe(0);
    const sum = (k: number) => ((ROWS / 3) * (2 * k + ROWS - 3)) / 2;
    expect(lines.toSorted()).toEqual([0, 1, 2].map((k) => JSON.stringify({ op: '+I', row: [k, sum(k)] })));
    expect(stderr).toContain('was killed from outside with SIGKILL');
  });
});

/** Runs a job and kills one of its function workers at random whenever it has given so many rows more. */
async function killed(sql: string, mode: 'at output' | 'at rows' = 'at output') {
  const random = new SeededRandom(SEED);
  const functions = FUNCTIONS.replace('KILLS', mode === 'at rows' ? '30000, 170000' : '');
  const input = {
    sql,
    files: { 'functions.py': functions },
    args: ['-D', 'millstream.batch.rows=10000', '-D', 'parallelism.default=2'],
  };
  const folder = await JobFolder.make(input);
  try {
    const child = folder.start(input);
    const end = endOf(child);
    const lines: string[] = [];
    const sums = { rows: 0, inOrder: 0, wrong: 0 };
    let kills = 0;
    const reader = createInterface({ input: child.stdout! });
    reader.on('line', (line) => {
      if (mode === 'at rows') {
        lines.push(line);
        return;
      }
      const [n, m] = (JSON.parse(line) as { row: [number, number] }).row;
      if (n === sums.rows) sums.inOrder += 1;
      if (m !== 2 * n) sums.wrong += 1;
      sums.rows += 1;
      if (sums.rows % ROWS_PER_KILL === 0) kills += killOne(random, folder);
    });
    const [{ code, stderr }] = await Promise.all([end, once(reader, 'close')]);
    return { lines, sums, kills, code, stderr };
  } finally {
    await folder.remove();
  }
}

/** Kills one of the workers that have imported the functions and still live. */
function killOne(random: SeededRandom, folder: JobFolder): number {
  const pids = readFileSync(join(folder.path, 'pids'), 'utf8').trim().split('\n').map(Number).filter(isAlive);
  if (pids.length === 0) return 0;
  process.kill(random.pick(pids), 'SIGKILL');
  return 1;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const FUNCTIONS = `import os
import signal
from millstream import AggregateFunction, udaf, udf

with open("pids", "a") as file:
    file.write(f"{os.getpid()}\\n")


@udf
def twice(n: int) -> int:
    for _ in range(400):
        pass
    return 2 * n


class Total(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, total: list[int], x: int) -> None:
        if x in (KILLS) and not os.path.exists(f"killed-{x}"):
            open(f"killed-{x}", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        total[0] += x

    def get_value(self, total: list[int]) -> int:
        return total[0]


total = udaf(Total(), result_type="BIGINT", accumulator_type="ARRAY<BIGINT>")
`;

const JOB = `CREATE TEMPORARY FUNCTION twice AS 'functions.twice' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION total AS 'functions.total' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
  'number-of-rows' = '${ROWS}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${ROWS - 1}');
QUERY;
`;
