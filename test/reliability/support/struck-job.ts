/** A job with checkpoints whose function strikes at given rows: it kills the core or workers, or raises. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeededRandom } from '../../support/seeded-random.js';
import { endOf, JobFolder } from './failing-run.js';

/** What is killed with SIGKILL; `raise`: the function fails instead. */
export const STRIKES = ['core', 'function', 'relational', 'raise'] as const;
export type Strike = (typeof STRIKES)[number];

const ROWS_PER_WINDOW = 10;

const FUNCTIONS = `import json
import os
import signal

from millstream import udf


def parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def relational_workers(core: int) -> list[int]:
    """Workers are children of a zygote; those of DuckDB have it mapped."""
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


with open("strikes.json") as file:
    STRIKES = {int(row): strike for row, strike in json.load(file).items()}


def strike_once(row: int, strike: str) -> None:
    try:
        open(f"struck-{row}", "x").close()
    except FileExistsError:
        return
    core = parent(os.getppid())
    if strike == "raise":
        raise ValueError(f"row {row}")
    targets = {"core": [core], "function": [os.getpid()]}.get(strike)
    for pid in relational_workers(core) if targets is None else targets:
        os.kill(pid, signal.SIGKILL)


@udf
def doubled(x: int) -> int:
    strike = STRIKES.get(x)
    if strike is not None:
        strike_once(x, strike)
    return 2 * x
`;

function jobText(rows: number): string {
  return `
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'execution.checkpointing.interval' = '20 ms';
SET 'execution.checkpointing.dir' = 'checkpoints';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '1000';
SET 'restart-strategy.fixed-delay.delay' = '1 ms';
CREATE TEMPORARY FUNCTION doubled AS 'functions.doubled' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE events (
  id BIGINT, ts AS TO_TIMESTAMP_LTZ(id * 100, 3), WATERMARK FOR ts AS ts
) WITH ('connector' = 'datagen', 'rows-per-second' = '500',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '${rows - 1}');
CREATE TEMPORARY TABLE sums (n BIGINT, total BIGINT) WITH (
  'connector' = 'filesystem', 'path' = 'sums', 'format' = 'csv');
INSERT INTO sums SELECT COUNT(*), SUM(doubled(id))
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end;
`;
}

/** What a struck job did. */
export interface StruckRun {
  /** Times that the command was started. */
  readonly starts: number;
  readonly stderr: string;
  /** Of the table, in the order of windows. */
  readonly lines: readonly string[];
  /** Hidden files that were left beside them. */
  readonly hidden: readonly string[];
}

/** So many strikes of these kinds in turn, each at a random row of its own. */
export function randomStrikes(random: SeededRandom, count: number, rows: number): Map<number, Strike> {
  const strikes = new Map<number, Strike>();
  while (strikes.size < count) {
    const row = random.int(1, rows - 1);
    if (!strikes.has(row)) strikes.set(row, STRIKES[strikes.size % STRIKES.length]!);
  }
  return strikes;
}

/** Runs the job, again from its last checkpoint where its core was killed, until it ends by itself. */
export async function runStruck(rows: number, strikes: ReadonlyMap<number, Strike>): Promise<StruckRun> {
  const input = {
    sql: jobText(rows),
    files: { 'functions.py': FUNCTIONS, 'strikes.json': JSON.stringify(Object.fromEntries(strikes)) },
  };
  const folder = await JobFolder.make(input);
  try {
    let stderr = '';
    for (let starts = 1; ; starts++) {
      const hasCheckpoint = await hasOne(join(folder.path, 'checkpoints'));
      const args = hasCheckpoint ? ['-D', 'execution.state-recovery.path=checkpoints'] : [];
      const run = await endOf(folder.start({ ...input, args }));
      stderr += run.stderr;
      if (run.code === null && starts <= strikes.size) continue;
      if (run.code !== 0) throw new Error(`exit code ${run.code} of start ${starts}:\n${stderr}`);
      return { starts, stderr, ...(await contentOf(join(folder.path, 'sums'))) };
    }
  } finally {
    await folder.remove();
  }
}

/** What the table holds of `rows` rows, a multiple of those of a window, if each came once. */
export function expectedLines(rows: number): string[] {
  return Array.from({ length: rows / ROWS_PER_WINDOW }, (_, window) => {
    const first = window * ROWS_PER_WINDOW;
    return `${ROWS_PER_WINDOW},${ROWS_PER_WINDOW * (2 * first + ROWS_PER_WINDOW - 1)}`;
  });
}

async function hasOne(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.some((name) => /(^|\/)chk-\d+$/.test(name));
}

async function contentOf(folder: string): Promise<Pick<StruckRun, 'lines' | 'hidden'>> {
  const names = await readdir(folder);
  const shown = names.filter((name) => !name.startsWith('.'));
  const texts = await Promise.all(shown.map((name) => readFile(join(folder, name), 'utf8')));
  const total = (line: string) => Number(line.split(',')[1]);
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return {
    lines: lines.sort((a, b) => total(a) - total(b)),
    hidden: names.filter((name) => name.startsWith('.')),
  };
}
