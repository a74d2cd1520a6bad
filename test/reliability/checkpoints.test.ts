import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { millstream } from '../cli/support/command.js';
import { CheckpointedJob, sumsOf } from './support/checkpointed-job.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ms-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function expectEveryRowOnce(job: CheckpointedJob): void {
  const shown = job.shown();
  const rows = shown.reduce((sum, { n }) => sum + n, 0);
  expect(rows).toBeGreaterThan(0);
  expect(shown).toEqual(sumsOf(rows));
  expect(job.files().filter((name) => name.startsWith('.'))).toEqual([]);
}

test('a job that is killed with SIGKILL, and then by Ctrl-C, goes on from its last checkpoint and writes every row once', async () => {
  const job = new CheckpointedJob(folder);

  expect((await job.runUntil(5, 'SIGKILL')).code).toBeNull();
  const interrupted = await job.runUntil(2, 'SIGINT');
  const { stderr } = await job.runUntil(2, 'SIGTERM');

  expect([interrupted.code, interrupted.stderr]).toEqual([
    130,
    expect.stringContaining('Ctrl-C: takes a last checkpoint, within 10 s.'),
  ]);
  expect(stderr).toContain('What it had read is done.');
  expectEveryRowOnce(job);
}, 300_000);

test('inserts of a set that read one table have written the same of its rows, each once, whenever they are killed', async () => {
  const job = new CheckpointedJob(folder, 'set of inserts');

  expect((await job.runUntil(4, 'SIGKILL')).code).toBeNull();
  const { code, stderr } = await job.runUntil(3, 'SIGTERM');

  expect(code, stderr).toBe(0);
  expectEveryRowOnce(job);
  const rows = job.shown().reduce((sum, { n }) => sum + n, 0);
  expect(job.ids()).toEqual(Array.from({ length: rows }, (_, id) => id));
}, 120_000);

test('a job one of whose inserts has ended takes checkpoints, and goes on from them with that one ended', async () => {
  const job = new CheckpointedJob(folder, 'set with an end');

  expect((await job.runUntil(4, 'SIGKILL')).code).toBeNull();
  expect(job.ids()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect((await job.runUntil(3, 'SIGINT')).code).toBe(130);
  const { code, stderr } = await job.runUntil(2, 'SIGTERM');

  expect(code, stderr).toBe(0);
  expectEveryRowOnce(job);
  expect(job.ids()).toEqual([0, 1, 2, 3, 4, 5, 6]);
}, 120_000);

test.each(['Python aggregate', 'broadcast function'] as const)(
  'what a %s remembers, and its timers, goes from 1 worker to 2 after a SIGKILL, and to 1 by a savepoint',
  async (keeper) => {
    const job = new CheckpointedJob(folder, keeper);
    if (keeper === 'Python aggregate') job.set('execution.checkpointing.incremental', 'true');

    expect((await job.runUntil(4, 'SIGKILL')).code).toBeNull();
    job.set('parallelism.default', '2');
    const savepoint = await job.runUntilSavepoint(2);
    job.set('parallelism.default', '1');
    const { code, stderr } = await job.runUntil(2, 'SIGTERM', savepoint);

    expect(code, stderr).toBe(0);
    expectEveryRowOnce(job);
  },
  120_000,
);

test('a job that is stopped with a savepoint goes on from it, and another query is told which state does not fit', async () => {
  const job = new CheckpointedJob(folder);
  const savepoint = await job.runUntilSavepoint(2);
  expect(readFileSync(join(savepoint, 'plan.txt'), 'utf8')).toContain('== Stages (streaming) ==');

  const other = join(folder, 'other.sql');
  const text = readFileSync(join(folder, 'job.sql'), 'utf8');
  writeFileSync(other, text.replace('SELECT COUNT(*), SUM(', 'SELECT COUNT(*), MAX('));
  const refused = await millstream(['run', other, '-D', job.recovery(savepoint)]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /CHECKPOINT_MISMATCH.*has state of stream-\d+ \(aggregate of COUNT\(\*\), SUM\(doubled\(id\)\) by .*\), which no stage of this statement takes\. This one has instead: stream-\d+ \(aggregate of COUNT\(\*\), MAX\(/,
  );
  expect(refused.stderr).toContain('execution.state-recovery.ignore-unclaimed-state=true');

  expect((await job.runUntil(1, 'SIGTERM', savepoint)).code).toBe(0);
  expectEveryRowOnce(job);
}, 300_000);
