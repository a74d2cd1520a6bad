import { describe, expect, it } from 'vitest';
import { jobLine, jobTable } from '../../../cli/commands/ps.js';
import { findJob } from '../../../cli/commands/stack.js';
import type { RunningJob } from '../../../operators/index.js';

const GIB = 1024 ** 3;
const NIGHTLY: RunningJob = {
  id: '3f2a91c0',
  name: 'nightly.sql',
  pid: 4711,
  since: '2026-03-01T10:00:00.000Z',
  grantedBytes: 6 * GIB,
  status: {
    state: 'running',
    mode: 'batch',
    rows: 3_000_000,
    totalRows: 9_000_000,
    seconds: 64,
    waitsFor: 'score',
    usedBytes: 2 * GIB,
    workers: [
      {
        id: 'w2',
        name: 'python-1',
        kind: 'function',
        pid: 4720,
        usedBytes: GIB,
        capBytes: 3 * GIB,
        stage: 'python-2',
        function: 'score',
      },
    ],
  },
};
const WAITING: RunningJob = {
  ...NIGHTLY,
  id: '3f77aaaa',
  name: 'report.sql',
  pid: 4712,
  grantedBytes: null,
  status: {
    state: 'waiting',
    mode: null,
    rows: null,
    totalRows: null,
    seconds: null,
    waitsFor: 'nightly.sql (pid 4711) has 6 GiB',
    usedBytes: 0.1 * GIB,
    workers: [],
  },
};
const STOPPED: RunningJob = { ...NIGHTLY, id: 'aa000000', name: 'stopped.sql', pid: 4713, status: null };

describe('the table of running jobs', () => {
  it('says how each stands, what it waits for, and what it has of what it was granted', () => {
    expect(jobTable([NIGHTLY, WAITING, STOPPED], Date.parse('2026-03-01T10:02:05.000Z')).join('\n')).toBe(
      [
        'job       name         state      mode   waits for                          pid       time       rows     used  granted',
        '3f2a91c0  nightly.sql  running    batch  score                             4711  2 min 5 s  3,000,000  2.0 GiB  6.0 GiB',
        '3f77aaaa  report.sql   waiting           nightly.sql (pid 4711) has 6 GiB  4712  2 min 5 s             102 MiB',
        'aa000000  stopped.sql  no answer                                           4713  2 min 5 s                      6.0 GiB',
      ].join('\n'),
    );
  });

  it('has objects instead, with all workers and nothing missing', () => {
    expect(JSON.parse(jobLine(STOPPED))).toEqual({
      job: 'aa000000',
      name: 'stopped.sql',
      pid: 4713,
      since: '2026-03-01T10:00:00.000Z',
      state: null,
      mode: null,
      waitsFor: null,
      seconds: null,
      rows: null,
      totalRows: null,
      usedBytes: null,
      grantedBytes: 6 * GIB,
      workers: [],
    });
    expect(JSON.parse(jobLine(NIGHTLY)).workers[0]).toMatchObject({ pid: 4720, function: 'score' });
  });
});

describe('a running job', () => {
  const jobs = [NIGHTLY, WAITING, STOPPED];

  it.each([
    ['3f2a91c0', NIGHTLY, null],
    ['aa', STOPPED, null],
    ['report.sql', WAITING, null],
    ['4712', WAITING, null],
    ['4720', NIGHTLY, 4720],
  ])('is found as %s', (target, job, worker) => {
    expect(findJob(jobs, target)).toEqual({ job, worker });
  });

  it('is not guessed where several fit, or none', () => {
    expect(() => findJob(jobs, '3f')).toThrow("Several running jobs are named '3f'.");
    expect(() => findJob(jobs, 'x')).toThrow(
      expect.objectContaining({
        code: 'JOB_NOT_FOUND',
        message: "No running job is named 'x'.",
        hint: expect.stringContaining('3f2a91c0 (nightly.sql, pid 4711), 3f77aaaa (report.sql, pid 4712)'),
      }),
    );
    expect(() => findJob([], 'x')).toThrow(
      expect.objectContaining({ hint: 'None of yours runs on this machine.' }),
    );
  });
});
