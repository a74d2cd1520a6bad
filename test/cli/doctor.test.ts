import { describe, expect, it } from 'vitest';
import { renderFinding } from '../../cli/commands/doctor.js';
import { ok, problem } from '../../cli/doctor/finding.js';
import { isolationFinding } from '../../cli/doctor/isolation.js';
import { checkLeftovers } from '../../cli/doctor/leftovers.js';
import { checkNode, checkPlatform, checkSharedMemory } from '../../cli/doctor/machine.js';
import { checkMemory } from '../../cli/doctor/memory.js';
import { checkRoundTrip } from '../../cli/doctor/round-trip.js';
import { WorkerError } from '../../core/index.js';
import type { RowsResult } from '../../operators/index.js';
import { type FakeAnswers, fakeSession } from './support/fake-session.js';
import { batch, columns, rowsResult } from './support/results.js';

function answering(value: string, capLevel: string): RowsResult {
  const worker = { name: 'w', kind: 'function', peakBytes: 1, capBytes: 2, capLevel };
  return {
    ...rowsResult({ columns: columns({ n: 'BIGINT' }), batches: [batch([[value]])] }),
    summary: () => ({
      rowsIn: 1,
      rowsOut: 1,
      seconds: 0,
      functions: [],
      workers: [worker],
      metrics: [],
      lateRows: 0,
      restarts: 0,
      failures: [],
      letterPlaces: {},
    }),
  };
}

async function roundTrip(answers: FakeAnswers) {
  const fake = fakeSession(answers);
  const findings = await checkRoundTrip(fake.context.openSession, fake.context.signal);
  return { fake, findings };
}

describe('doctor', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['24.0.0', 'ok'],
    ['20.18.1', 'problem'],
    ['18.20.4', 'problem'],
  ])('Node %s: %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });

  it.each([
    [
      { standard: 'no bwrap', strict: 'no bwrap', keepsWorkersApart: false },
      'no other level can be had: no bwrap',
    ],
    [
      { standard: null, strict: 'no filter', keepsWorkersApart: true },
      'can be had: standard, not strict (no filter)',
    ],
    [{ standard: null, strict: null, keepsWorkersApart: true }, 'can be had: standard and strict'],
    [
      { standard: null, strict: null, keepsWorkersApart: false },
      'workers of one sandbox can signal each other',
    ],
  ])('isolation %j: %s', (support, text) => {
    expect(isolationFinding(support).text).toContain(text);
  });

  it('says who has the memory, and how the share of the next job would be split', () => {
    const gib = 1024 ** 3;
    const job = { id: 'a', since: '', status: null };
    const jobs = [
      { ...job, name: 'nightly.sql', pid: 4711, grantedBytes: 4 * gib },
      { ...job, name: 'report.sql', pid: 4712, grantedBytes: null },
    ];
    const texts = checkMemory(jobs, 12 * gib, 16 * gib).map(({ check, text }) => `${check}: ${text}`);

    expect(texts.slice(0, 2)).toEqual([
      'memory: 12.0 GiB (this container), of 16.0 GiB',
      'jobs: nightly.sql (pid 4711) has 4.0 GiB, 8.0 GiB is free, 1 wait for theirs',
    ]);
    expect(texts[2]).toMatch(
      /^a job gets: 6\.0 GiB: overhead 614 MiB, core 614 MiB, exchanges 614 MiB, relational /,
    );
    expect(checkMemory([], 12 * gib, 12 * gib)[1]!.text).toBe('12.0 GiB is free');
    expect(checkMemory([{ ...jobs[0]!, grantedBytes: 12 * gib }], 12 * gib)[2]!.text).toMatch(
      /^2\.0 GiB, once that is free: /,
    );
  });

  it('names what dead jobs have left', () => {
    const left = {
      kind: 'folder',
      path: '/tmp/ms-1',
      bytes: 3 * 1024 ** 2,
      owner: 'job.sql (pid 7)',
    } as const;

    expect(checkLeftovers([])).toMatchObject({ status: 'ok' });
    expect(checkLeftovers([left, left])).toMatchObject({
      status: 'warning',
      text: '2 things, 6.0 MiB, of job.sql (pid 7)',
    });
  });

  it('refuses Windows', () => {
    expect(checkPlatform('win32', 'x64')).toMatchObject({ status: 'problem', hint: 'Use Linux or macOS.' });
  });

  it.each([
    ['plenty', 2 ** 31, 'ok', '2.0 GiB free at /dev/shm'],
    ['what a container has by default', 64 << 20, 'warning', 'little'],
    ['next to nothing', 1 << 20, 'warning', 'copied through sockets'],
  ])('says what shared memory there is: %s', (_, freeBytes, status, text) => {
    const finding = checkSharedMemory({ path: '/dev/shm', freeBytes });

    expect(finding).toMatchObject({ status, text: expect.stringContaining(text) });
  });

  it('says that there is no shared memory', () => {
    expect(checkSharedMemory(null)).toMatchObject({ status: 'warning' });
  });

  it('sends a row through a function, cold and warm, and says how caps are enforced', async () => {
    const { fake, findings } = await roundTrip({ results: [answering('42', 'cgroup-v2')] });

    expect(findings.map(({ check, status }) => [check, status])).toEqual([
      ['round trip', 'ok'],
      ['memory caps', 'ok'],
    ]);
    expect(fake.scripts).toHaveLength(2);
    expect(fake.closed).toBe(1);
  });

  it('notes that the watchdog is weaker than the kernel', async () => {
    const { findings } = await roundTrip({ results: [answering('42', 'watchdog')] });
    expect(findings[1]).toMatchObject({ status: 'warning' });
  });

  it('finds a wrong answer', async () => {
    const { findings } = await roundTrip({ results: [answering('41', 'cgroup-v2')] });
    expect(findings).toMatchObject([{ status: 'problem', text: 'the answer was 41, not 42' }]);
  });

  it('shows why a round trip failed', async () => {
    const { findings } = await roundTrip({
      whileRunning: () => {
        throw new WorkerError('WORKER_START', 'the worker did not start');
      },
    });
    expect(findings).toMatchObject([
      { status: 'problem', text: 'Error WORKER_START: the worker did not start' },
    ]);
  });

  it('prints a line for a check, and what to do on the next', () => {
    expect(renderFinding(ok('Node', '24.0.0'))).toBe('ok   Node          24.0.0\n');
    expect(renderFinding(problem('Node', '18.0.0', 'Install it.'))).toBe(
      'FAIL Node          18.0.0\n                   Install it.\n',
    );
  });
});
