import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job, StageGraph } from '../../../core/index.js';
import type { Engine } from '../../../operators/engine.js';
import type { CheckpointSettings } from '../../../operators/session/checkpoint-settings.js';
import { Checkpoints } from '../../../operators/session/checkpointing.js';
import { ManualClock } from '../../support/manual-clock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ms-failing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const GRAPH: StageGraph = { stages: [], exchanges: [], mode: 'streaming' };

/** A job whose state cannot be given for the checkpoints of these numbers. */
class FailingJob {
  readonly state = 'running';
  readonly finishing = new Promise<void>(() => {});
  readonly abandoned: unknown[] = [];
  readonly told: string[] = [];
  readonly completed: number[] = [];
  #taken = 0;

  constructor(private readonly failing: readonly number[]) {}

  async checkpoint() {
    this.#taken += 1;
    if (this.failing.includes(this.#taken)) throw new Error('no space left on device');
    return { id: this.#taken, states: new Map() };
  }

  checkpointCompleted(id: number): void {
    this.completed.push(id);
  }

  cancel({ code }: { readonly code: string }): void {
    this.told.push(code);
  }

  goOn(): void {
    this.told.push('goes on');
  }

  abandon(error: unknown): void {
    this.abandoned.push(error);
  }
}

async function run(failing: readonly number[], tolerated: number | null) {
  const { clock, notes, checkpoints } = await opened(tolerated);
  const job = new FailingJob(failing);
  const stop = checkpoints.start(job as unknown as Job);
  for (let taken = 0; taken < 5; taken++) {
    clock.fireNext();
    await checkpoints.settled;
  }
  await stop();
  return { notes, abandoned: job.abandoned, checkpoints };
}

async function opened(tolerated: number | null = null) {
  const clock = new ManualClock();
  const notes: string[] = [];
  const settings: CheckpointSettings = {
    interval: 100,
    folder,
    retained: 1,
    isIncremental: false,
    tolerated,
    savepoints: null,
    recovery: null,
    ignoresUnclaimed: false,
    takesChanged: false,
  };
  const engine = { clock, timers: clock, job: { id: 'job' } } as unknown as Engine;
  const onNote = (text: string) => notes.push(text);
  const checkpoints = await Checkpoints.open(GRAPH, { engine, settings, plan: () => 'plan', onNote });
  return { clock, notes, checkpoints };
}

test('a checkpoint that fails is told, the job goes on, and the last good one stays', async () => {
  const { notes, abandoned } = await run([2, 3, 5], null);

  expect(notes).toEqual(
    Array(3).fill(
      `a checkpoint could not be taken to ${folder}, the job goes on and the last good one stays: no space left on device`,
    ),
  );
  expect(abandoned).toEqual([]);
  expect(readdirSync(join(folder, 'job'))).toEqual(['chk-4']);
});

test('the job fails once more in a row have failed than it tolerates', async () => {
  const { abandoned } = await run([1, 3, 4], 1);

  expect(abandoned).toEqual([
    expect.objectContaining({
      code: 'CHECKPOINT_FAILED',
      message: '2 checkpoints in a row could not be taken: no space left on device.',
    }),
  ]);
});

test('a disk that takes no file fails the checkpoint, not the job', async () => {
  writeFileSync(join(folder, 'job'), 'a file where the folder of the job should be');

  const { notes, abandoned } = await run([], null);

  expect(notes[0]).toMatch(/^a checkpoint could not be taken .*: (EEXIST|ENOTDIR)/);
  expect(abandoned).toEqual([]);
});

test('sinks hear of a checkpoint when its files are shown, so that one that ends by it leaves none behind', async () => {
  const { checkpoints, clock } = await opened();
  const job = new FailingJob([]);
  const shown: number[] = [];
  const show = async (id: number) => {
    if (id === 1) throw new Error('the folder of the sink is gone');
    shown.push(id);
    expect(job.completed).toEqual([]);
  };
  const parts = { release: () => {}, show, drop: async () => {}, all: [] };
  (checkpoints.kept as Map<string, unknown>).set('sink-1', parts);
  const stop = checkpoints.start(job as unknown as Job);
  for (let taken = 0; taken < 2; taken++) {
    clock.fireNext();
    await checkpoints.settled;
  }
  await stop();

  expect([shown, job.completed]).toEqual([[2], [2]]);
});

test('a job that goes on after its savepoint is complete recovers to that', async () => {
  const { checkpoints, notes } = await opened();
  const job = new FailingJob([]);
  const shown = new Error('the folder of the sink is gone');
  const parts = { release: () => {}, show: () => Promise.reject(shown), drop: async () => {}, all: [] };
  const kept = checkpoints.kept as Map<string, unknown>;
  kept.set('sink-1', parts);

  const savepoint = join(folder, 'savepoints');
  await expect(checkpoints.stop(job as unknown as Job, { savepoint })).rejects.toBe(shown);
  kept.clear();

  expect(job.told).toEqual(['goes on']);
  expect([await checkpoints.recover(), checkpoints.restored?.id]).toEqual(['from checkpoint 1', 1]);
  await checkpoints.fail();
  expect(notes.at(-1)).toContain(`execution.state-recovery.path=${savepoint}/savepoint-job-`);
});

test('a job is stopped with its savepoint where its checkpoints cannot be removed, which is told', async () => {
  const { checkpoints, notes, clock } = await opened();
  const job = new FailingJob([]);
  const stop = checkpoints.start(job as unknown as Job);
  clock.fireNext();
  await checkpoints.settled;
  const savepoint = mkdtempSync(join(tmpdir(), 'ms-savepoint-'));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder of checkpoints should be');

  const path = await checkpoints.stop(job as unknown as Job, { savepoint });
  await stop();

  expect(job.told).toEqual(['JOB_SUSPENDED']);
  expect(notes).toEqual([
    expect.stringMatching(/^checkpoints before the last one could not be removed from .*ENOTDIR/),
    `stopped with a last checkpoint: go on from it by -D execution.state-recovery.path=${path}`,
  ]);
  rmSync(savepoint, { recursive: true });
});
