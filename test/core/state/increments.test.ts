import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HeapState } from '../../../core/index.js';
import { Increments } from '../../../core/state/increments.js';
import { CountingState, type Step, storedCounters } from '../../support/counting-state.js';
import { Disk } from '../../support/failing-disk.js';

const KEYS = 1_200;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('add', 'remove', 'read'),
  key: fc.integer({ min: KEYS - 60, max: KEYS + 60 }),
});
const round = fc.record({
  before: fc.array(step, { maxLength: 40 }),
  meanwhile: fc.array(step, { maxLength: 20 }),
  isFull: fc.constantFrom(false, false, false, true),
});

function incremental(ttlMs: number): HeapState {
  return new HeapState(null, { ms: ttlMs, nowMs: () => 0 }, null, true);
}

describe('checkpoints that hold what has changed', () => {
  it.each([0, 1_000])(
    'say with those before them what was there, also after one that failed (TTL %s)',
    (ttl) =>
      fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 8 }), async (rounds) => {
          const disk = new Disk();
          const counting = new CountingState(disk, incremental(ttl), KEYS);
          for (const { before, meanwhile, isFull } of rounds) {
            for (const each of before) counting.apply(each);
            if (isFull) disk.failAt = disk.changes + 1 + (before.length % 5);
            await counting.checkpoint(meanwhile).catch((error: Error) => {
              expect([isFull, error.message]).toEqual([true, 'the machine is off']);
            });
            disk.failAt = Number.POSITIVE_INFINITY;
            if (counting.since.length === 0) continue;
            const { id, content } = await storedCounters(disk);
            expect(content).toEqual(counting.expected[id - 1]);
          }
        }),
        { seed: 49, numRuns: 25 },
      ),
  );

  it('lean on the one before, and files that none of the kept ones needs are removed', async () => {
    const disk = new Disk();
    const counting = new CountingState(disk, incremental(0), KEYS, 2);
    for (let id = 1; id <= 5; id++) {
      counting.apply({ kind: 'add', key: id });
      await counting.checkpoint();
    }
    expect(counting.since).toEqual([null, 1, 2, 3, 4]);
    expect([...disk.files.keys()].filter((name) => name.includes('shared'))).toHaveLength(5);
    expect((await disk.list('job')).sort()).toEqual(['chk-4', 'chk-5', 'shared']);
    const sizes = [1, 5].map((id) => disk.files.get(`job/shared/stream-1-${id}.state`)!.length);
    expect(sizes[1]).toBeLessThan(sizes[0]! * 0.6);

    for (let key = 0; key < KEYS; key++) counting.apply({ kind: 'add', key });
    await counting.checkpoint();
    counting.apply({ kind: 'remove', key: 7 });
    await counting.checkpoint();

    expect(counting.since.slice(5)).toEqual([null, 6]);
    expect((await disk.list('job/shared')).sort()).toEqual(['stream-1-6.state', 'stream-1-7.state']);
    expect((await storedCounters(disk)).content).toEqual(counting.expected[6]);
  });

  it('are whole where the crash comes at any change of the disk', async () => {
    const take = async (disk: Disk) => {
      const counting = new CountingState(disk, incremental(0), 1_100);
      try {
        for (let id = 1; id <= 5; id++) {
          for (let key = id; key < 400 * (id % 3); key++) counting.apply({ kind: 'add', key });
          counting.apply({ kind: 'remove', key: 1_000 + id });
          await counting.checkpoint();
        }
      } catch (error) {
        expect((error as Error).message).toBe('the machine is off');
      }
      return counting;
    };
    const { changes } = await (async () => {
      const disk = new Disk();
      expect((await take(disk)).since).toEqual([null, 1, 2, null, 4]);
      return disk;
    })();

    const found: number[] = [];
    for (let failAt = 1; failAt <= changes; failAt++) {
      const disk = new Disk();
      disk.failAt = failAt;
      const { expected } = await take(disk);
      const read = await storedCounters(disk).catch((error: { code: string }) => error.code);
      if (typeof read === 'string') expect(read).toBe('CHECKPOINT_NOT_FOUND');
      else expect(read.content).toEqual(expected[read.id - 1]);
      found.push(typeof read === 'string' ? 0 : read.id);
    }
    expect(found).toEqual([...found].sort());
    expect(new Set(found)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('are refused by the name of a file that is not as it was written, of an earlier one too', async () => {
    const disk = new Disk();
    const counting = new CountingState(disk, incremental(0), KEYS);
    for (let id = 1; id <= 2; id++) await counting.checkpoint();
    disk.files.set('job/shared/stream-1-1.state', Uint8Array.of(1));

    await expect(storedCounters(disk)).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: 'File the disk/job/shared/stream-1-1.state of the checkpoint is not as it was written.',
    });
  });

  it('are whole where they are the last, all in a folder of its own, and none leans on it', async () => {
    const disk = new Disk();
    const counting = new CountingState(disk, incremental(0), KEYS);
    await counting.checkpoint();
    await counting.checkpoint([], true);
    expect([...disk.files.keys()].sort()).toEqual(
      ['_metadata', 'plan.txt', 'stream-1.state'].map((name) => `job/chk-2/${name}`),
    );

    await counting.checkpoint();
    expect(counting.since).toEqual([null, null, null]);
  });
});

test('a snapshot leans on 63 others at most, and on none where the state is small', () => {
  const bases = (size: { readonly all: number; readonly changed: number }) => {
    const increments = new Increments();
    return Array.from({ length: 130 }, (_, id) => {
      const since = increments.begin(id, false, size);
      increments.completed(id);
      return since === null ? id : -1;
    }).filter((id) => id >= 0);
  };

  expect(bases({ all: 1e6, changed: 1 })).toEqual([0, 64, 128]);
  expect(bases({ all: 1e6, changed: 4e5 })).toEqual(Array.from({ length: 44 }, (_, i) => 3 * i));
  expect(bases({ all: 1_000, changed: 1 })).toHaveLength(130);
  expect(bases({ all: 1e6, changed: Number.POSITIVE_INFINITY })).toHaveLength(130);
});
