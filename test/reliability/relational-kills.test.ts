/** DuckDB's workers that die while a job runs: their stages are run again, or the verdict says why they are not. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from './support/failing-run.js';

const ROWS = 150_000;

describe.skipIf(process.platform !== 'linux')('relational workers that are killed with SIGKILL', () => {
  it('are replaced, and the table that the job writes has each row once', async () => {
    const { code, stderr, written } = await killed(
      `CREATE TEMPORARY TABLE written (n BIGINT, m BIGINT)
         WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
       INSERT INTO written SELECT n, twice(n) FROM numbers;`,
    );

    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/was killed from outside with SIGKILL.* are run again from the start\./);
    expect(stderr).toContain('1 worker died and was replaced');
    expect(written).toEqual(Array.from({ length: ROWS }, (_, n) => `${n},${2 * n}`));
  });

  it('fail the job, with the reason, where a function may not see its rows twice', async () => {
    const { code, stderr } = await killed(
      `SET 'millstream.function.twice.replay' = 'false';
       SELECT n, m + 1 AS m FROM (SELECT n, twice(n) AS m FROM numbers)`,
    );

    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(
      /^Error WORKER_KILLED: .* The stage was not run again: function twice has been called and says replay=False\.$/m,
    );
  });
});

/** Runs a job whose function kills DuckDB's workers when it first comes to a row in the middle. */
async function killed(statements: string) {
  const numbers = `${Array.from({ length: ROWS }, (_, n) => n).join('\n')}\n`;
  const input = {
    sql: `${TABLES}${statements}`,
    files: { 'functions.py': FUNCTIONS, 'numbers.csv': numbers },
    args: ['-D', 'millstream.batch.rows=5000', '-D', 'parallelism.default=1'],
  };
  const folder = await JobFolder.make(input);
  try {
    const { code, stderr } = await endOf(folder.start(input));
    return { code, stderr, written: await linesIn(join(folder.path, 'out')) };
  } finally {
    await folder.remove();
  }
}

async function linesIn(path: string): Promise<string[]> {
  const parts = await readdir(path).catch(() => []);
  const texts = await Promise.all(parts.map((part) => readFile(join(path, part), 'utf8')));
  return texts
    .flatMap((text) => text.trim().split('\n'))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

const TABLES = `CREATE TEMPORARY FUNCTION twice AS 'functions.twice' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT)
  WITH ('connector' = 'filesystem', 'path' = 'numbers.csv', 'format' = 'csv');
`;

/** Workers are children of a zygote; those of DuckDB have it mapped. */
const FUNCTIONS = `import os
import signal

from millstream import udf


def parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def relational_workers() -> list[int]:
    core = parent(os.getppid())
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            is_worker = parent(int(name)) != core and parent(parent(int(name))) == core
            with open(f"/proc/{name}/maps") as file:
                if is_worker and "duckdb" in file.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


@udf
def twice(n: int) -> int:
    if n == 130000 and not os.path.exists("killed"):
        open("killed", "w").close()
        for pid in relational_workers():
            os.kill(pid, signal.SIGKILL)
    return 2 * n
`;
