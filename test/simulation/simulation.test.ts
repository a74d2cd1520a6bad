/**
 * Whole jobs over simulated workers and networks, by seed: processes die at any moment, messages are late, one bundle
 * takes 100 times as long, sinks are slow. The operators, retries, exchanges and the bridge are the real ones.
 */
import { expect, it } from 'vitest';
import { seeds } from '../support/seeds.js';
import { checkJob } from './support/check-job.js';
import { simulatedJob } from './support/simulated-job.js';

const SEEDS = seeds(500, 20_000);

it('keeps every promise of a job, whatever dies or is late', async () => {
  let deaths = 0;
  for (const seed of SEEDS) {
    const run = simulatedJob(seed);
    const { broken } = await checkJob(run);
    deaths += run.world.trace.filter((line) => line.endsWith(' restarts')).length;
    expect(broken, `seed ${seed}: MILLSTREAM_SEED=${seed} npx vitest run test/simulation`).toEqual([]);
  }
  console.log(
    `figure: simulated jobs: ${SEEDS.length}, ${deaths} times a stage got a fresh worker, no promise broken`,
  );
}, 3_600_000);

it('plays a seed again to the same event at the same time', async () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const first = await checkJob(simulatedJob(seed));
    const second = await checkJob(simulatedJob(seed));

    expect(second, `seed ${seed}`).toEqual(first);
  }
});
