import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../support/seeded-random.js';
import { expectedLines, randomStrikes, runStruck } from './support/struck-job.js';

const ROWS = 1_000;
const COUNT = 20;

describe.skipIf(process.platform !== 'linux')('a job with checkpoints', () => {
  it('whose core and workers are killed, and whose function raises, writes every row once', async () => {
    const random = new SeededRandom(2_026);
    const strikes = randomStrikes(random, COUNT, ROWS);

    const { starts, stderr, lines, hidden } = await runStruck(ROWS, strikes);

    expect(lines, `seed ${random.seed}`).toEqual(expectedLines(ROWS));
    expect(hidden).toEqual([]);
    expect(starts).toBeGreaterThan(1);
    expect(stderr).toMatch(/the job failed, attempt \d+ begins in 0\.0 s from .*: UDF_EXCEPTION/);
  }, 300_000);
});
