/**
 * Whole jobs over simulated workers and networks, by seed: processes die at any moment, messages are late, one bundle
 * takes 100 times as long, sinks are slow. The operators, retries, exchanges and the bridge are the real ones.
 */
import { expect, it } from 'vitest';
import { SeededRandom } from '../support/seeded-random.js';
import { seeds } from '../support/seeds.js';
import { checkJob } from './support/check-job.js';
import { type SimulatedJob, simulatedJob } from './support/simulated-job.js';

const SEEDS = seeds(500, 20_000);
const OTHER_SEEDS = seeds(60, 2_000);

function label(seed: number): string {
  return `seed ${seed}: MILLSTREAM_SEED=${seed} npx vitest run test/simulation`;
}

it('keeps every promise of a job, whatever dies or is late', async () => {
  let deaths = 0;
  for (const seed of SEEDS) {
    const run = simulatedJob(seed);
    const { broken } = await checkJob(run);
    deaths += run.world.trace.filter((line) => line.endsWith(' restarts')).length;
    expect(broken, label(seed)).toEqual([]);
  }
  console.log(
    `figure (${SEEDS.length} runs): simulated jobs: ${SEEDS.length}, ${deaths} times a stage got a fresh worker, no promise broken`,
  );
}, 3_600_000);

it('leaves out exactly the row that ends its workers each time, where its function gives such rows up', async () => {
  for (const seed of OTHER_SEEDS) {
    const { broken } = await checkJob(simulatedJob(seed, { poison: 'skip' }));

    expect(broken, label(seed)).toEqual([]);
  }
});

it('fails with the verdict, nothing shown and everything closed, where such a row may not be left out', async () => {
  let failed = 0;
  for (const seed of OTHER_SEEDS) {
    const { broken, outcome } = await checkJob(simulatedJob(seed, { poison: 'fail' }), ['WORKER_CRASH']);

    expect(broken, label(seed)).toEqual([]);
    if (outcome === 'WORKER_CRASH') failed += 1;
  }
  expect(failed).toBeGreaterThanOrEqual(Math.floor(OTHER_SEEDS.length / 3));
});

it('runs the stages again that a relational worker dies in at any moment, and shows each row once', async () => {
  let again = 0;
  for (const seed of OTHER_SEEDS) {
    const run = simulatedJob(seed);
    killRelational(run, new SeededRandom(seed * 7).next() * 60);

    const { broken } = await checkJob(run);

    expect(broken, label(seed)).toEqual([]);
    again += timesAgain(run);
  }
  expect(again).toBeGreaterThanOrEqual(Math.floor(OTHER_SEEDS.length / 10));
});

it('fails with the verdict, nothing shown and everything closed, when its successor dies too', async () => {
  let failed = 0;
  for (const seed of OTHER_SEEDS) {
    const run = simulatedJob(seed);
    const random = new SeededRandom(seed * 7);
    const firstMs = random.next() * 60;
    killRelational(run, firstMs);
    killRelational(run, firstMs + random.next() * 60);

    const { broken, outcome } = await checkJob(run, ['WORKER_KILLED']);

    expect(broken, label(seed)).toEqual([]);
    if (outcome === 'WORKER_KILLED') failed += 1;
    if (outcome === 'WORKER_KILLED') expect(timesAgain(run), label(seed)).toBe(1);
  }
  expect(failed).toBeGreaterThanOrEqual(Math.floor(OTHER_SEEDS.length / 20));
});

it('ends as cancelled, nothing shown and everything closed, whenever it is cancelled', async () => {
  for (const seed of OTHER_SEEDS) {
    const run = simulatedJob(seed);
    run.world.clock.after(new SeededRandom(seed * 3).next() * 60, () => run.job.cancel());

    const { broken } = await checkJob(run, ['JOB_CANCELLED']);

    expect(broken, label(seed)).toEqual([]);
  }
});

it('plays a seed again to the same event at the same time', async () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const first = await checkJob(simulatedJob(seed));
    const second = await checkJob(simulatedJob(seed));

    expect(second, `seed ${seed}`).toEqual(first);
  }
});

/** Kills the relational worker of then, where there is one. */
function killRelational({ world, killers }: SimulatedJob, atMs: number): void {
  world.clock.after(atMs, () => killers.at(-1)?.());
}

function timesAgain({ world }: SimulatedJob): number {
  return world.trace.filter((line) => line.endsWith(' again')).length;
}
