/** Many rows, and many environments: what the processes hold stays what it was. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TableEnvironment } from '../../operators/index.js';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { childrenOf, type Holding, holdingOf, openDescriptors, workersOf } from './support/process-table.js';

const MIB = 1024 * 1024;
const ROWS = 60_000_000;
const CYCLES = 200;
const WARM_CYCLES = 20;
const FUNCTIONS = `from millstream import udf


@udf
def half(n: int) -> float:
    return n / 2
`;

describe.skipIf(process.platform !== 'linux')('a long run', () => {
  it(`through a row function holds the same memory, descriptors and threads; ${ROWS / 1e6} million rows`, async () => {
    const input = {
      sql: `CREATE TEMPORARY FUNCTION half AS 'functions.half' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000',
  'number-of-rows' = '${ROWS}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${ROWS - 1}');
CREATE TEMPORARY TABLE o (x DOUBLE) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT half(n) FROM numbers;
`,
      files: { 'functions.py': FUNCTIONS },
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
      for (const [pid, held] of long) {
        const role = pid === child.pid ? 'core' : 'worker or zygote';
        const early = middle(held.slice(held.length / 4, held.length / 2));
        const late = middle(held.slice((held.length * 3) / 4, -2));
        const growth = (late.residentBytes - early.residentBytes) / MIB;
        const perMillion = growth / ((ROWS / 1e6) * 0.5);
        console.log(
          `figure: ${role}: ${Math.round(late.residentBytes / MIB)} MiB resident, ` +
            `${perMillion.toFixed(2)} MiB more for each million rows, ` +
            `${late.descriptors - early.descriptors} more descriptors, ${late.threads - early.threads} more threads`,
        );
        expect(growth, role).toBeLessThan(64);
        expect(late.descriptors, role).toBeLessThanOrEqual(early.descriptors);
        expect(late.threads, role).toBeLessThanOrEqual(early.threads);
      }
    } finally {
      await folder.remove();
    }
  });
});

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

  it(`leaves nothing, ${CYCLES} times`, { timeout: 1_200_000 }, async () => {
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
      `figure: ${CYCLES} environments: ${(growth / (CYCLES - WARM_CYCLES)).toFixed(2)} MiB more for each, ` +
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

/** The median of memory, which waits for the garbage collector, and the most of what does not. */
function middle(held: readonly Holding[]): Holding {
  const most = (key: keyof Holding) => Math.max(...held.map((each) => each[key]));
  const sorted = held.map((each) => each.residentBytes).sort((a, b) => a - b);
  return {
    residentBytes: sorted[Math.floor(sorted.length / 2)]!,
    descriptors: most('descriptors'),
    threads: most('threads'),
  };
}
