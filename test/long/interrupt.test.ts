/** Ctrl-C at a moment that the seed says, also while workers are starting: over within a second, and nothing stays. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { SeededRandom } from '../support/seeded-random.js';
import { seeds } from '../support/seeds.js';
import { childrenOf } from './support/process-table.js';
import { SLOW_JOB } from './support/slow-job.js';
import { until } from './support/until.js';

const RUNS = 40;

describe.skipIf(process.platform !== 'linux')('a command that is interrupted at any moment', () => {
  it(`ends with 130 and leaves nothing; ${RUNS} runs`, async () => {
    const times: number[] = [];
    for (const seed of seeds(RUNS, RUNS)) {
      const random = new SeededRandom(seed);
      const folder = await JobFolder.make(SLOW_JOB);
      try {
        const child = folder.start(SLOW_JOB);
        const end = endOf(child);
        await until(
          () => childrenOf(child.pid!),
          (pids) => pids.length > 0,
          30_000,
        );
        await pause(random.next() * 2_500);
        const startMs = performance.now();
        child.kill('SIGINT');
        const { code, stdout, stderr } = await end;
        times.push(performance.now() - startMs);

        // While the command is being loaded the signal itself ends it (`code` is null).
        const early = code === null && child.signalCode === 'SIGINT';
        expect({ code: early ? 130 : code, stdout: stdout.toString() }, `seed ${seed}: ${stderr}`).toEqual({
          code: 130,
          stdout: '',
        });
        if (!early) expect(stderr, `seed ${seed}`).toMatch(/Stopped by Ctrl-C\.\n$/);
        expect(await folder.left(), `seed ${seed}`).toEqual([]);
        const processes = await until(
          () => folder.processes(),
          (ids) => ids.length === 0,
          3_000,
        );
        expect(processes, `seed ${seed}`).toEqual([]);
      } finally {
        await folder.remove();
      }
    }
    times.sort((a, b) => a - b);
    const of = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))]!);
    console.log(
      `figure (${times.length} runs): ${times.length} interrupts: ended after ${of(0.5)} ms (median), ${of(0.9)} ms (90 %), ${of(1)} ms (longest)`,
    );
    expect(of(1)).toBeLessThan(1_500);
  });
});
