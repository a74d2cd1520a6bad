import { expect, test } from 'vitest';
import { CheckpointStore } from '../../../core/state/checkpoint-store.js';
import { claimState } from '../../../core/state/claim-state.js';
import { readCheckpoint } from '../../../core/state/read-checkpoint.js';
import { Disk } from '../../support/failing-disk.js';

const STAGES = ['source-1', 'stream-2', 'sink-3'].map((id) => ({
  id,
  uid: `uid of ${id}`,
  description: id,
  keeps: 'state' as const,
  columns: [],
  rows: '',
}));
const JOB = { job: 'job', origin: 'first', stages: STAGES, plan: 'a plan' };

function checkpoint(id: number) {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i + id);
  return {
    id,
    states: new Map([
      ['stream-2', bytes],
      ['sink-3', null],
    ] as const),
  };
}

async function threeCheckpoints(disk: Disk): Promise<void> {
  const store = new CheckpointStore(disk, JOB, 1);
  for (const id of [1, 2, 3]) {
    await store.write(checkpoint(id), 1000 + id);
    await store.retire();
  }
}

test('the newest checkpoint is read as it was written, an ended stage without state', async () => {
  const disk = new Disk();
  await threeCheckpoints(disk);

  const { id, job, origin, stages } = await readCheckpoint(disk);
  expect([id, job, origin]).toEqual([3, 'job', 'first']);
  expect(stages).toEqual([
    { ...STAGES[0], state: 'ended' },
    { ...STAGES[1], state: checkpoint(3).states.get('stream-2') },
    { ...STAGES[2], state: null },
  ]);
  expect(new TextDecoder().decode(disk.files.get('job/chk-3/plan.txt'))).toBe('a plan\n');
  expect(await disk.list('job')).toEqual(['chk-3']);
});

test('wherever a crash cuts the writing off, what is there is a whole checkpoint', async () => {
  const whole = new Disk();
  await threeCheckpoints(whole);

  const found: number[] = [];
  for (let failAt = 1; failAt <= whole.changes; failAt++) {
    const disk = new Disk();
    disk.failAt = failAt;
    await expect(threeCheckpoints(disk)).rejects.toThrow('the machine is off');
    const read = await readCheckpoint(disk).catch((error: { code: string }) => error.code);
    if (typeof read === 'string') {
      expect(read).toBe('CHECKPOINT_NOT_FOUND');
      found.push(0);
    } else {
      expect(claimState(read.stages, STAGES).states).toEqual(checkpoint(read.id).states);
      found.push(read.id);
    }
  }
  expect(found).toEqual([...found].sort());
  expect(new Set(found)).toEqual(new Set([0, 1, 2, 3]));
});

test('a disk that is full loses the checkpoint that does not fit, not those before it', async () => {
  const disk = new Disk();
  const store = new CheckpointStore(disk, JOB, 1);
  await store.write(checkpoint(1), 1);
  disk.failAt = disk.changes + 1;
  await expect(store.write(checkpoint(2), 2)).rejects.toThrow();
  disk.failAt = Number.POSITIVE_INFINITY;

  expect((await readCheckpoint(disk)).id).toBe(1);
  await store.write(checkpoint(3), 3);
  expect((await readCheckpoint(disk)).id).toBe(3);
});

test.each([1, 2, 3, 4, Number.POSITIVE_INFINITY])(
  'whichever change of the disk fails, %s of them in a row, each checkpoint that is there has all that it names',
  async (failures) => {
    const state = (id: number, since: number | null) => ({
      id,
      states: new Map([['stream-2', { since, pieces: only(Uint8Array.of(id)), discard: () => {} }]] as const),
    });
    const takeTwo = async (store: CheckpointStore) => {
      await store.write(state(1, null), 1);
      await store.write(state(2, 1), 2);
    };
    const whole = new Disk();
    await takeTwo(new CheckpointStore(whole, JOB, 1, true));

    for (let failAt = 1; failAt <= whole.changes; failAt++) {
      const disk = new Disk();
      Object.assign(disk, { failAt, failures });
      const store = new CheckpointStore(disk, JOB, 1, true);
      await expect(takeTwo(store)).rejects.toThrow('the machine is off');
      const read = await readCheckpoint(disk).catch((error: { code: string }) => error.code);
      if (typeof read === 'string') expect(read).toBe('CHECKPOINT_NOT_FOUND');
      disk.failAt = Number.POSITIVE_INFINITY;
      await store.write(state(2, null), 2);
      expect((await readCheckpoint(disk)).stages[1]!.state).toEqual(Uint8Array.of(2));
    }
  },
);

test('what could not be removed, or was left by a write that failed, goes when the next is complete', async () => {
  const disk = new Disk();
  const store = new CheckpointStore(disk, JOB, 1);
  await store.write(checkpoint(1), 1);
  await store.write(checkpoint(2), 2);
  disk.failAt = disk.changes + 1;
  await expect(store.retire()).rejects.toThrow();
  disk.failAt = Number.POSITIVE_INFINITY;
  for (const name of [
    '.chk-3/stream-2.state',
    'chk-4/plan.txt',
    'shared/stream-2-3.state',
    'savepoint-a/_metadata',
  ])
    disk.files.set(`job/${name}`, Uint8Array.of(1));

  await store.write(checkpoint(5), 5);
  await store.retire();

  expect((await disk.list('job')).sort()).toEqual(['chk-5', 'savepoint-a']);
});

test('a write that fails gives up what it has not read of the states', async () => {
  const discarded: string[] = [];
  const stateOf = (id: string) => ({
    since: null,
    pieces: only(Uint8Array.of(1)),
    discard: () => discarded.push(id),
  });
  const states = new Map(STAGES.map(({ id }) => [id, stateOf(id)] as const));
  const disk = new Disk();
  disk.failAt = 3;

  await expect(new CheckpointStore(disk, JOB, 1).write({ id: 1, states }, 1)).rejects.toThrow();

  expect(discarded).toEqual(STAGES.map(({ id }) => id));
});

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('a file of a checkpoint that has changed, or is gone, is refused by its name', async () => {
  for (const name of ['stream-2.state', '_metadata']) {
    const disk = new Disk();
    await threeCheckpoints(disk);
    disk.files.set(`job/chk-3/${name}`, Uint8Array.of(1, 2, 3));
    await expect(readCheckpoint(disk)).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: `File the disk/job/chk-3/${name} of the checkpoint is not as it was written.`,
    });
    disk.files.delete(`job/chk-3/${name}`);
    if (name === '_metadata') continue;
    await expect(readCheckpoint(disk)).rejects.toMatchObject({
      message: expect.stringContaining(`File the disk/job/chk-3/${name} of the checkpoint cannot be read: `),
    });
  }
});
