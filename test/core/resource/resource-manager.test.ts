import { expect, it } from 'vitest';
import { type Grant, MIB, ResourceManager, type ResourceRequest } from '../../../core/index.js';
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

it('sums up what a job holds for many workers', () => {
  const manager = new ResourceManager(TOTAL);
  const each = manager.divide(manager.request('nightly', [ask('score', 3, 200), ask('sort', 1, 300)]));

  expect(each.map(({ requests }) => requests[0]!.owner)).toEqual(['score', 'score', 'score', 'sort']);
  expect(() => manager.request('flights', [ask('python', 1, 200)])).toThrow(
    'nightly holds 900 MiB (score, sort).',
  );
  manager.release(each[0]!);
  expect(manager.free.memoryBytes).toBe(300 * MIB);
});

it('never grants more than the total, in any order of requests and releases', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new SeededRandom(seed);
    const manager = new ResourceManager(TOTAL);
    const held: Grant[] = [];
    for (let step = 0; step < 50; step++) {
      if (random.chance(0.5) && held.length > 0) {
        manager.release(held.splice(random.int(0, held.length - 1), 1)[0]!);
      } else {
        const requests = [ask('x', random.int(1, 3), random.int(1, 300), random.int(0, 10) / 10)];
        try {
          held.push(...manager.divide(manager.request(`job ${step}`, requests)));
        } catch (error) {
          expect(error).toMatchObject({ code: 'RESOURCES_TAKEN' });
        }
      }
      const { memoryBytes, cpus } = manager.free;
      expect(memoryBytes, `seed ${seed}`).toBeGreaterThanOrEqual(0);
      expect(cpus, `seed ${seed}`).toBeGreaterThan(-1e-5);
    }
  }
});

function ask(owner: string, workers: number, mib: number, cpus = 0): ResourceRequest {
  return { owner, workers, each: { memoryBytes: mib * MIB, cpus, gpus: 0 } };
}
