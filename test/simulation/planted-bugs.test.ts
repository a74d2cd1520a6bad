/** The checker is tested too: mistakes planted in the runtime must be found, each within a few seeds. */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../support/seeded-random.js';
import { checkJob } from './support/check-job.js';
import { PLANTED_BUGS } from './support/planted-bugs.js';
import { type Seams, simulatedJob } from './support/simulated-job.js';

const MOST_SEEDS = 60;

describe('the checker finds it when', () => {
  for (const { name, seams, plant, kills } of PLANTED_BUGS) {
    const check = (seed: number, planted?: Seams) => {
      const run = simulatedJob(seed, planted);
      for (const atMs of kills?.(new SeededRandom(seed)) ?? [])
        run.world.clock.after(atMs, () => run.killers.at(-1)?.());
      return checkJob(run, kills === undefined ? [] : ['WORKER_KILLED']);
    };
    it(name, { timeout: 600_000 }, async () => {
      const uproot = plant?.() ?? (() => {});
      let found = 0;
      try {
        for (let seed = 1; seed <= MOST_SEEDS && found === 0; seed++) {
          const { broken } = await check(seed, seams?.());
          if (broken.length > 0) found = seed;
        }
      } finally {
        uproot();
      }
      expect(found, `a seed of the first ${MOST_SEEDS} that shows it`).toBeGreaterThan(0);
      expect((await check(found)).broken, `seed ${found} without it`).toEqual([]);
    });
  }
});
