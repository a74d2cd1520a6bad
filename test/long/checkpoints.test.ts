import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CheckpointedJob, sumsOf } from '../reliability/support/checkpointed-job.js';
import { expectedLines, randomStrikes, runStruck } from '../reliability/support/struck-job.js';
import { SeededRandom } from '../support/seeded-random.js';

const KILLS = 200;
const KILLS_OF_A_JOB = 10;

test(`${KILLS} kills at random checkpoints lose no row and double none`, async () => {
  const random = new SeededRandom(20_260);
  for (let jobs = 0; jobs < KILLS / KILLS_OF_A_JOB; jobs++) {
    const folder = mkdtempSync(join(tmpdir(), 'ms-checkpoints-'));
    try {
      const job = new CheckpointedJob(folder);
      for (let kills = 0; kills < KILLS_OF_A_JOB; kills++) await job.runUntil(random.int(1, 12), 'SIGKILL');
      expect((await job.runUntil(1, 'SIGTERM')).stderr).toContain('What it had read is done.');
      const shown = job.shown();
      expect(shown, `job ${jobs} of seed ${random.seed}`).toEqual(
        sumsOf(shown.reduce((sum, { n }) => sum + n, 0)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}, 3_600_000);

const STRUCK_JOBS = 20;
const STRIKES_OF_A_JOB = 10;
const ROWS = 1_000;

test(`${STRUCK_JOBS * STRIKES_OF_A_JOB} strikes at the core, at workers and in functions, at random rows, lose no row and double none`, async () => {
  const random = new SeededRandom(20_261);
  for (let job = 0; job < STRUCK_JOBS; job++) {
    const { lines, hidden } = await runStruck(ROWS, randomStrikes(random, STRIKES_OF_A_JOB, ROWS));
    expect(lines, `job ${job} of seed ${random.seed}`).toEqual(expectedLines(ROWS));
    expect(hidden, `job ${job} of seed ${random.seed}`).toEqual([]);
  }
}, 3_600_000);
