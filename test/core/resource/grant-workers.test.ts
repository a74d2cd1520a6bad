import { expect, it } from 'vitest';
import { type GroupDemand, grantWorkers, MIB } from '../../../core/index.js';
import { SeededRandom } from '../../support/seeded-random.js';

const SUPPLY = { pythonBytes: 2048 * MIB, standardBytes: 1024 * MIB, cpus: 2, gpus: 0 };

it('gives workers that declare nothing their usual size', () => {
  expect(given([ask('f')])).toEqual(['f: 2 × 1024']);
});

it('gives declared memory first, and divides the rest', () => {
  expect(given([ask('f'), ask('g', { memoryBytes: 512 * MIB })])).toEqual(['f: 2 × 512', 'g: 2 × 512']);
});

it('has fewer workers of a size that does not fit as often as there are cores', () => {
  expect(given([ask('f', { memoryBytes: 1500 * MIB })])).toEqual(['f: 1 × 1500']);
});

it('lets every group have one worker before another has two', () => {
  const groups = [ask('f', { memoryBytes: 900 * MIB }), ask('g', { memoryBytes: 900 * MIB }), ask('h')];

  expect(given(groups)).toEqual(['f: 1 × 900', 'g: 1 × 900', 'h: 1 × 248']);
});

it('takes a declared number of workers as it is, and refuses it with the arithmetic where it does not fit', () => {
  const four = { least: 4, most: 4 };

  expect(given([ask('f', { ...four, memoryBytes: 512 * MIB })])).toEqual(['f: 4 × 512']);
  expect(() => given([ask('f', { ...four, memoryBytes: 600 * MIB }), ask('g')])).toThrow(
    'The workers of the functions need f: 4 × 600 MiB + g: 128 MiB = 2.5 GiB; there are 2 GiB for Python.',
  );
});

it('refuses a cap in which no worker starts, and more cores than there are', () => {
  expect(() => given([ask('f', { memoryBytes: 10 * MIB })])).toThrow('Function f cannot run in 10 MiB');
  expect(() => given([ask('f', { cpus: 2.5 })])).toThrow('Function f asks for 2.5 cores in one worker');
});

it('has one worker of a function that uses every core itself', () => {
  expect(given([ask('f', { cpus: 2 })])).toEqual(['f: 1 × 1024']);
  expect(given([ask('f', { cpus: 0.5 })])).toEqual(['f: 2 × 1024']);
});

it('counts whole devices, and shares of one', () => {
  const supply = { ...SUPPLY, gpus: 1 };

  expect(given([ask('f', { gpus: 1 })], supply)).toEqual(['f: 1 × 1024']);
  expect(given([ask('f', { gpus: 0.5 })], supply)).toEqual(['f: 2 × 1024']);
  expect(() => given([ask('f', { gpus: 1 }), ask('g', { gpus: 1 })], supply)).toThrow(
    'The functions ask for GPUs (f: 1 + g: 1); Millstream sees 1 here.',
  );
  expect(() => given([ask('f', { gpus: 1 })])).toThrow('Millstream sees none here');
});

it('never gives more than there is, and never less than was asked for', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new SeededRandom(seed);
    const groups = Array.from({ length: random.int(1, 5) }, (_, i) => {
      const least = random.int(1, 3);
      const memoryBytes = random.chance(0.5) ? random.int(128, 400) * MIB : null;
      return ask(`f${i}`, { least, most: least + random.int(0, 4), memoryBytes });
    });
    const pythonBytes = random.int(512, 8192) * MIB;
    try {
      const grants = grantWorkers(groups, { ...SUPPLY, pythonBytes });
      const sum = grants.reduce((total, { workers, capBytes }) => total + workers * capBytes, 0);
      expect(sum, `seed ${seed}`).toBeLessThanOrEqual(pythonBytes);
      grants.forEach((grant, i) => {
        expect(grant.workers, `seed ${seed}`).toBeGreaterThanOrEqual(groups[i]!.least);
        expect(grant.workers, `seed ${seed}`).toBeLessThanOrEqual(groups[i]!.most);
        expect(grant.capBytes, `seed ${seed}`).toBeGreaterThanOrEqual(128 * MIB);
        if (groups[i]!.memoryBytes !== null) expect(grant.capBytes).toBe(groups[i]!.memoryBytes);
      });
    } catch (error) {
      expect(error, `seed ${seed}`).toMatchObject({ code: 'MEMORY_TOO_SMALL' });
    }
  }
});

function ask(name: string, rest: Partial<GroupDemand> = {}): GroupDemand {
  const open = { memoryBytes: null, cpus: null, gpus: null };
  return { name, functions: [name], least: 1, most: 2, ...open, ...rest };
}

function given(groups: readonly GroupDemand[], supply = SUPPLY): string[] {
  return grantWorkers(groups, supply).map(
    ({ name, workers, capBytes }) => `${name}: ${workers} × ${Math.round(capBytes / MIB)}`,
  );
}
