import { expect, it } from 'vitest';
import { type Grant, MIB, ResourceManager, type ResourceRequest } from '../../../core/index.js';
import { promisesSettle } from '../../support/manual-clock.js';
import { SeededRandom } from '../../support/seeded-random.js';

const TOTAL = { memoryBytes: 1000 * MIB, cpus: 4, gpus: 0 };

it('grants what fits and takes it back', () => {
  const manager = new ResourceManager(TOTAL);

  const grant = manager.request('a', [ask('python', 2, 300)]);

  expect(manager.free).toEqual({ memoryBytes: 400 * MIB, cpus: 4, gpus: 0 });
  manager.release(grant);
  manager.release(grant);
  expect(manager.free).toEqual(TOTAL);
});

it('refuses what the machine can never give, with the arithmetic', () => {
  const manager = new ResourceManager(TOTAL);

  expect(() => manager.request('flights', [ask('relational', 1, 600), ask('python', 2, 300, 1.5)])).toThrow(
    'Job flights asks for more than there is: relational 600 MiB + python 2 × 300 MiB, 1.5 cores = ' +
      '1.2 GiB, 3 cores, the machine has 1000 MiB, 4 cores.',
  );
});

it('refuses what others hold now, and says who', () => {
  const manager = new ResourceManager(TOTAL);
  manager.request('nightly', [ask('python', 1, 900)]);

  expect(() => manager.request('flights', [ask('python', 1, 200)])).toThrow(
    'Job flights needs 200 MiB (python), 100 MiB, 4 cores of 1000 MiB, 4 cores is free: ' +
      'nightly holds 900 MiB (python).',
  );
});

it('makes a job wait, says so at once, and serves jobs in the order of asking', async () => {
  const manager = new ResourceManager(TOTAL);
  const first = manager.request('a', [ask('python', 1, 600)]);
  const log: string[] = [];
  const waiting = (job: string, mib: number) =>
    manager
      .acquire(job, [ask('python', 1, mib)], {
        onWait: (text) => log.push(text),
        signal: new AbortController().signal,
      })
      .then((grant) => {
        log.push(`${job} granted`);
        return grant;
      });
  const large = waiting('large', 900);
  waiting('small', 100);
  await promisesSettle();
  expect(log).toHaveLength(2);
  expect(log[0]).toContain('a holds 600 MiB');
  expect(log[1]).toContain('large asked before');

  manager.release(first);
  await promisesSettle();

  expect(log.slice(2)).toEqual(['large granted', 'small granted']);
  manager.release(await large);
});

it('lets those behind go on when one who waits gives up', async () => {
  const manager = new ResourceManager(TOTAL);
  manager.request('a', [ask('python', 1, 600)]);
  const abort = new AbortController();
  const large = manager.acquire('large', [ask('python', 1, 900)], { onWait: () => {}, signal: abort.signal });
  const small = manager.acquire('small', [ask('python', 1, 100)], {
    onWait: () => {},
    signal: new AbortController().signal,
  });

  abort.abort(new Error('given up'));

  await expect(large).rejects.toThrow('given up');
  expect((await small).job).toBe('small');
});

it('never grants more than the total, in any order of requests and releases', async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new SeededRandom(seed);
    const manager = new ResourceManager(TOTAL);
    const held: Grant[] = [];
    for (let step = 0; step < 50; step++) {
      if (random.chance(0.5) && held.length > 0) {
        manager.release(held.splice(random.int(0, held.length - 1), 1)[0]!);
      } else {
        const requests = [ask('x', random.int(1, 3), random.int(1, 300), random.int(0, 10) / 10)];
        manager
          .acquire(`job ${step}`, requests, { onWait: () => {}, signal: new AbortController().signal })
          .then((grant) => held.push(grant));
      }
      await promisesSettle();
      const { memoryBytes, cpus } = manager.free;
      expect(memoryBytes, `seed ${seed}`).toBeGreaterThanOrEqual(0);
      expect(cpus, `seed ${seed}`).toBeGreaterThan(-1e-5);
    }
  }
});

function ask(owner: string, workers: number, mib: number, cpus = 0): ResourceRequest {
  return { owner, workers, each: { memoryBytes: mib * MIB, cpus, gpus: 0 } };
}
