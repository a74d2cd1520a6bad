import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJob } from '../../../cli/job/read-job.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-read-job-'));
  for (const name of ['job.sql', 'program.ts', 'program.mjs', 'notes.txt']) {
    await writeFile(join(folder, name), 'SELECT 1');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('reading a job', () => {
  it('reads an SQL script and remembers its folder', async () => {
    const file = join(folder, 'job.sql');

    const job = await readJob({ job: file, sql: null });

    expect(job).toEqual({ kind: 'script', source: { name: file, text: 'SELECT 1' }, folder, mode: null });
  });

  it('takes SQL from the command line', async () => {
    const job = await readJob({ job: null, sql: 'SELECT 2' });
    expect(job).toEqual({
      kind: 'script',
      source: { name: '-e', text: 'SELECT 2' },
      folder: null,
      mode: null,
    });
  });

  it('takes JavaScript and TypeScript for programs', async () => {
    expect(await readJob({ job: join(folder, 'program.ts'), sql: null })).toMatchObject({ typescript: true });
    expect(await readJob({ job: join(folder, 'program.mjs'), sql: null })).toMatchObject({
      typescript: false,
    });
  });

  it.each([
    ['no job at all', { job: null, sql: null }, 'JOB_MISSING'],
    ['a job and SQL', { job: 'a.sql', sql: 'SELECT 1' }, 'JOB_AMBIGUOUS'],
    ['a file that does not exist', { job: 'nosuch.sql', sql: null }, 'JOB_NOT_READABLE'],
    ['a program that does not exist', { job: 'nosuch.ts', sql: null }, 'JOB_NOT_READABLE'],
    ['an unknown ending', { job: 'README.md', sql: null }, 'JOB_KIND'],
    ['a folder', { job: 'docs', sql: null }, 'JOB_NOT_READABLE'],
  ])('refuses %s', async (_title, argument, code) => {
    await expect(readJob(argument)).rejects.toMatchObject({ code });
  });
});
