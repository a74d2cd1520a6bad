import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CheckpointedJob, sumsOf } from './support/checkpointed-job.js';

const folder = mkdtempSync(join(tmpdir(), 'ms-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a job that is killed with SIGKILL goes on from its last checkpoint and writes every row once', async () => {
  const job = new CheckpointedJob(folder);

  expect((await job.runUntil(5, 'SIGKILL')).code).toBeNull();
  const { stderr } = await job.runUntil(2, 'SIGTERM');

  expect(stderr).toContain('What it had read is done.');
  const shown = job.shown();
  const rows = shown.reduce((sum, { n }) => sum + n, 0);
  expect(rows).toBeGreaterThan(0);
  expect(shown).toEqual(sumsOf(rows));
  expect(job.files().filter((name) => name.startsWith('.'))).toEqual([]);
}, 120_000);
