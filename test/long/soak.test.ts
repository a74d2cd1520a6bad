/** Many rows, and many environments: what the processes hold stays what it was. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TableEnvironment } from '../../operators/index.js';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { finalSum, finals, type MetricLine, readMetrics } from './support/metrics-file.js';
import { childrenOf, type Holding, holdingOf, openDescriptors, workersOf } from './support/process-table.js';
import { blockMinima, secondHalf, trendOf } from './support/trend.js';

const MIB = 1024 * 1024;
/** The core levels out over the first 100 million: what it does then is seen in the second half of these. */
const ROWS = Number(process.env.MILLSTREAM_ROWS ?? 300_000_000);
/** For each 100 million rows, by the trend over the second half of a run. */
const MOST_GROWTH_MIB = 1;
const CYCLES = 1_000;
const WARM_CYCLES = 20;
const FUNCTIONS = `from millstream import udf


@udf
def half(n: int) -> float:
    return n / 2
`;

describe.skipIf(process.platform !== 'linux')('a long run', () => {
  it(`through a row function holds the same memory, descriptors and threads; ${ROWS / 1e6} million rows`, {
    timeout: 3_600_000,
  }, async () => {
    const input = {
      sql: `CREATE TEMPORARY FUNCTION half AS 'functions.half' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000',
  'number-of-rows' = '${ROWS}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${ROWS - 1}');
CREATE TEMPORARY TABLE o (x DOUBLE) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT half(n) FROM numbers;
`,
      files: { 'functions.py': FUNCTIONS, 'metrics.jsonl': '' },
      args: ['--metrics', 'metrics.jsonl'],
      // What is not given back is then a leak of ours, not what malloc keeps for threads (docs/reliability.md).
      environment: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '65536' },
    };
    const folder = await JobFolder.make(input);
    try {
      const child = folder.start(input);
      const end = endOf(child);
      const samples = await watch(child.pid!, () => child.exitCode !== null);
      const { code, stderr } = await end;

      expect({ code, left: await folder.left() }, stderr).toEqual({ code: 0, left: [] });
      const long = [...samples].filter(([, held]) => held.length > 20);
      expect(long.length).toBeGreaterThanOrEqual(3);
      const grown = long.map(([pid, held]) =>
        growthOf(pid === child.pid ? 'core' : 'worker or zygote', held),
      );
      for (const growth of grown) expectFlat(growth);
      expectSameMetrics(readMetrics(join(folder.path, 'metrics.jsonl')), samples, child.pid!);
    } finally {
      await folder.remove();
    }
  });
});

interface Growth {
  readonly role: string;
  /** Resident, for each 100 million rows, by the trend over the second half; and the standard error of that. */
  readonly mib: number;
  readonly error: number;
  readonly descriptors: number;
  readonly threads: number;
}

function growthOf(role: string, held: readonly Holding[]): Growth {
  // Blocks of shared memory are mapped when they are first used; they belong to the exchanges, whose memory is bounded.
  const own = held.slice(0, -2).map((each, at) => ({ at, value: each.residentBytes - each.sharedBytes }));
  const late = secondHalf(own);
  const trend = trendOf(blockMinima(late));
  const inMib = (value: number) => (((value * held.length) / MIB) * 1e8) / ROWS;
  const quarter = (from: number, to: number) => held.slice((held.length * from) / 4, (held.length * to) / 4);
  // What is open for a moment is in the most of them, what leaks is also in the least.
  const least = (part: readonly Holding[], key: 'descriptors' | 'threads') =>
    Math.min(...part.map((each) => each[key]));
  const more = (key: 'descriptors' | 'threads') =>
    least(quarter(3, 4).slice(0, -2), key) - least(quarter(1, 2), key);
  const growth: Growth = {
    role,
    mib: inMib(trend.slope),
    error: inMib(trend.error),
    descriptors: more('descriptors'),
    threads: more('threads'),
  };
  console.log(
    `figure: ${role}: ${Math.round(late.at(-1)!.value / MIB)} MiB of its own and ${Math.round(held.at(-3)!.sharedBytes / MIB)} shared, ${growth.mib.toFixed(2)} ± ` +
      `${growth.error.toFixed(2)} MiB more for each 100 million rows, ${growth.descriptors} more descriptors, ` +
      `${growth.threads} more threads`,
  );
  return growth;
}

/** What the garbage collector lets stand differs by ten times the bound from second to second: twice the error is allowed. */
function expectFlat({ role, mib, error, descriptors, threads }: Growth): void {
  expect(mib - 2 * error, role).toBeLessThan(MOST_GROWTH_MIB);
  expect(descriptors, role).toBeLessThanOrEqual(0);
  expect(threads, role).toBeLessThanOrEqual(0);
}

/** What `--metrics` told its user is what was seen from outside. */
function expectSameMetrics(
  lines: readonly MetricLine[],
  seen: ReadonlyMap<number, Holding[]>,
  core: number,
): void {
  const residentOf = (pid: number) => seen.get(pid)!.map(({ residentBytes }) => residentBytes);
  const told = lines.filter(({ name }) => name === 'core.resident_bytes').map(({ value }) => value);
  const workers = [...seen].filter(([pid, held]) => pid !== core && held.length > 20);
  const mostOfWorkers = Math.max(...workers.flatMap(([pid]) => residentOf(pid)));
  const peaks = finals(lines, 'worker.memory_peak_bytes').filter(({ labels }) => labels.kind === 'function');

  expect(finalSum(lines, 'function.calls')).toBe(ROWS);
  expect(finalSum(lines, 'stage.rows_in', 'python')).toBe(ROWS);
  expect(finalSum(lines, 'job.worker_restarts')).toBe(0);
  expect(Math.abs(median(told) / median(residentOf(core)) - 1)).toBeLessThan(0.1);
  expect(peaks.length).toBeGreaterThan(0);
  console.log(
    `figure: --metrics beside /proc: core ${Math.round(median(told) / MIB)} and ` +
      `${Math.round(median(residentOf(core)) / MIB)} MiB; most of a function worker ` +
      `${Math.round(Math.max(...peaks.map(({ value }) => value)) / MIB)} and ${Math.round(mostOfWorkers / MIB)} MiB`,
  );
}

describe.skipIf(process.platform !== 'linux')('an environment that is opened, used and closed', () => {
  const before = { TMPDIR: process.env.TMPDIR, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR };
  let temporary: string;
  let job: string;
  beforeAll(() => {
    job = mkdtempSync(join(tmpdir(), 'ms-soak-'));
    writeFileSync(join(job, 'functions.py'), FUNCTIONS);
    temporary = mkdtempSync(join(tmpdir(), 'mt-'));
    process.env.TMPDIR = temporary;
    process.env.XDG_RUNTIME_DIR = temporary;
  });
  afterAll(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(job, { recursive: true });
    rmSync(temporary, { recursive: true });
  });

  it(`leaves nothing, ${CYCLES} times`, { timeout: 3_600_000 }, async () => {
    let warm: Holding | null = null;
    let warmDescriptors: string[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await useOnce(job);
      if (cycle + 1 === WARM_CYCLES) {
        warm = await holdingOf(process.pid);
        warmDescriptors = await openDescriptors();
      }
    }

    const now = (await holdingOf(process.pid))!;
    const growth = (now.residentBytes - warm!.residentBytes) / MIB;
    console.log(
      `figure (${CYCLES} runs): ${CYCLES} environments: ${(growth / (CYCLES - WARM_CYCLES)).toFixed(3)} MiB more for each, ` +
        `${now.descriptors - warm!.descriptors} more descriptors, ${now.threads - warm!.threads} more threads`,
    );
    expect(await openDescriptors()).toEqual(warmDescriptors);
    expect(now.threads).toBeLessThanOrEqual(warm!.threads);
    expect(await childrenOf(process.pid)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(growth).toBeLessThan(64);
  });
});

async function useOnce(workingDirectory: string): Promise<void> {
  await using env = await TableEnvironment.create({ workingDirectory, onLog: () => {} });
  await env.executeSql("CREATE TEMPORARY FUNCTION half AS 'functions.half' LANGUAGE PYTHON");
  const answer = await env.executeSql('SELECT half(84) AS answer');
  if (answer.kind !== 'rows') throw new Error(`a query gave ${answer.kind}`);
  const rows = [];
  for await (const batch of answer.result) rows.push(...batch.toArray());
  expect(rows.map((row) => row.answer)).toEqual([42]);
}

/** What the core, its zygotes and their workers held, sampled until `hasEnded`. */
async function watch(core: number, hasEnded: () => boolean): Promise<Map<number, Holding[]>> {
  const samples = new Map<number, Holding[]>();
  while (!hasEnded()) {
    for (const pid of [core, ...(await childrenOf(core)), ...(await workersOf(core))]) {
      const held = await holdingOf(pid);
      if (held !== null && held.residentBytes > 0) samples.set(pid, [...(samples.get(pid) ?? []), held]);
    }
    await pause(200);
  }
  return samples;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
