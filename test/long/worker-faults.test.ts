/** Real workers that are killed, stopped for a while, or run out of memory at a moment that the seed says. */
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { SeededRandom } from '../support/seeded-random.js';
import { seeds } from '../support/seeds.js';
import { childrenOf, workersOf } from './support/process-table.js';
import { until } from './support/until.js';

const RUNS = 40;
const ROWS = 500_000;
const FAULTS = ['kill a worker', 'kill a zygote', 'stop a worker', 'out of memory'] as const;
type Fault = (typeof FAULTS)[number];

describe.skipIf(process.platform !== 'linux')('a worker that fails at any moment', () => {
  it(`ends the job with its verdict and leaves nothing, or does no harm; ${RUNS} runs`, async () => {
    const outcomes = new Map<string, number>();
    for (const seed of seeds(RUNS, RUNS)) {
      const random = new SeededRandom(seed);
      const fault = FAULTS[seed % FAULTS.length]!;
      const outcome = await runWith(fault, random).catch((error: Error) => {
        throw new Error(`seed ${seed}, ${fault}: ${error.message}`, { cause: error });
      });
      const name = `${fault}: ${outcome}`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    }
    for (const [name, runs] of [...outcomes].sort())
      console.log(`figure (${runs} runs): ${name}, ${runs} runs`);
  });
});

/** One run; resolves with how it ended, where that is as it should be. */
async function runWith(fault: Fault, random: SeededRandom): Promise<string> {
  const at = fault === 'out of memory' ? random.int(0, ROWS - 1) : -1;
  const input = {
    sql: JOB,
    files: { 'functions.py': functions(at) },
    args: ['-D', 'millstream.worker.memory=200 MB', '-D', 'parallelism.default=2'],
  };
  const folder = await JobFolder.make(input);
  try {
    const child = folder.start(input);
    const end = endOf(child);
    await strike(fault, child, random);
    const { code, stderr } = await end;

    expect(await until(() => folder.processes(), isEmpty, 5_000), 'processes left').toEqual([]);
    if (code === 0) {
      expect(fault, stderr).not.toBe('out of memory');
      expect(await rowsIn(join(folder.path, 'out'))).toBe(ROWS);
      return 'complete result';
    }
    const verdict = /^Error (\w+)/m.exec(stderr)?.[1] ?? 'no verdict';
    expect({ code, verdict }, stderr).toEqual({ code: 1, verdict: expect.stringMatching(VERDICTS[fault]) });
    expect(await folder.left(), stderr).toEqual([]);
    return verdict;
  } finally {
    await folder.remove();
  }
}

const VERDICTS: Readonly<Record<Fault, RegExp>> = {
  'kill a worker': /^WORKER_KILLED$/,
  'kill a zygote': /^WORKER_(KILLED|START)$/,
  // A pause is no failure.
  'stop a worker': /^$/,
  'out of memory': /^WORKER_OOM$/,
};

/** Does the fault to a process of the command, at a random moment of its life; nothing where it has ended before. */
async function strike(fault: Fault, core: ChildProcess, random: SeededRandom): Promise<void> {
  if (fault === 'out of memory') return;
  const find = () => (fault === 'kill a zygote' ? childrenOf(core.pid!) : workersOf(core.pid!));
  await until(find, (pids) => pids.length > 0 || core.exitCode !== null, 30_000);
  await pause(random.next() * 2_000);
  const pids = await find();
  if (pids.length === 0) return;
  const victim = random.pick(pids);
  if (fault !== 'stop a worker') return signal(victim, 'SIGKILL');
  signal(victim, 'SIGSTOP');
  await pause(100 + random.next() * 1_500);
  signal(victim, 'SIGCONT');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

async function rowsIn(folder: string): Promise<number> {
  const parts = await readdir(folder);
  const texts = await Promise.all(parts.map((part) => readFile(join(folder, part), 'utf8')));
  return texts.reduce((rows, text) => rows + text.split('\n').length - 1, 0);
}

function isEmpty(list: readonly unknown[]): boolean {
  return list.length === 0;
}

function functions(outOfMemoryAt: number): string {
  return `from millstream import udf


@udf
def slow(n: int) -> int:
    if n == ${outOfMemoryAt}:
        held = b"x" * (1 << 30)
    for _ in range(60):
        pass
    return n
`;
}

const JOB = `CREATE TEMPORARY FUNCTION slow AS 'functions.slow' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
  'number-of-rows' = '${ROWS}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${ROWS - 1}');
CREATE TEMPORARY TABLE o (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');
INSERT INTO o SELECT slow(n) FROM numbers;
`;
