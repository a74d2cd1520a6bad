import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../bridge/evidence.js';
import { verdictOf } from '../../bridge/verdict.js';
import type { ProcessExit } from '../../bridge/worker-host.js';

const exit = (changes: Partial<ProcessExit>): ProcessExit => ({
  exitCode: null,
  signal: null,
  maxRssBytes: null,
  cpuSeconds: null,
  hostLost: false,
  ...changes,
});

const AT_CAP = { atCap: 1, belowCap: 0 };
const BELOW_CAP = { atCap: 0, belowCap: 1 };

const evidence = (changes: Partial<Evidence>): Evidence => ({
  worker: 'w3',
  name: 'embed',
  kind: 'function',
  python: 'python3',
  exit: exit({ signal: 'SIGKILL' }),
  cause: null,
  killReason: null,
  wasReady: true,
  problem: null,
  memoryKills: { atCap: 0, belowCap: 0 },
  capBytes: 512 << 20,
  capLevel: 'cgroup-v1',
  peakBytes: 512 << 20,
  running: { stage: 'python-2', functions: ['embed'], bundle: 42, rows: 8192, finishedRows: null },
  stderrTail: '',
  ...changes,
});

describe('the verdict', () => {
  it('names function, stage, bundle, rows, cap and the fix when a worker ran out of memory', () => {
    const verdict = verdictOf(evidence({ memoryKills: AT_CAP, cause: 'memory' }));

    expect(verdict).toMatchObject({
      name: 'WorkerError',
      code: 'WORKER_OOM',
      details: { function: 'embed', stage: 'python-2', bundle: 42, worker: 'w3' },
    });
    expect(verdict?.message).toBe(
      'Worker w3 (embed) ran out of its 512 MiB of memory while it ran function embed in stage python-2, ' +
        'bundle 42 of 8192 rows. It used 512 MiB.',
    );
    expect(verdict?.hint).toBe(
      "Raise the cap of function workers (now 512 MiB): SET 'millstream.worker.memory' = '1024 MB'. " +
        "Or lower 'millstream.batch.rows': the bundle had 8192 rows.",
    );
  });

  it('says the least that may work when the cap was too small to start', () => {
    const verdict = verdictOf(
      evidence({ memoryKills: AT_CAP, wasReady: false, running: null, capBytes: 16 << 20 }),
    );

    expect(verdict?.code).toBe('WORKER_OOM');
    expect(verdict?.hint).toBe('Give it at least 128 MiB.');
  });

  it('names several functions when it is not known which of them ran', () => {
    const running = { stage: 'python-2', functions: ['f', 'g'], bundle: 1, rows: 5, finishedRows: null };
    const verdict = verdictOf(evidence({ memoryKills: AT_CAP, running }));

    expect(verdict?.message).toContain('one of the functions f, g');
    expect(verdict?.details.function).toBeNull();
  });

  it('tells a timeout of a function from one of the worker', () => {
    const stack = 'File "f.py", line 3, in f';
    const reason = { kind: 'timeout', function: 'embed', timeoutMs: 1500, stack } as const;

    const ofFunction = verdictOf(evidence({ cause: 'kill', killReason: reason }));
    const ofWorker = verdictOf(evidence({ cause: 'kill', killReason: { ...reason, function: null } }));

    expect(ofFunction).toMatchObject({
      code: 'UDF_TIMEOUT',
      details: { function: 'embed', traceback: stack },
    });
    expect(ofFunction?.message).toContain('did not finish within 1.5 s');
    expect(ofWorker?.code).toBe('WORKER_TIMEOUT');
  });

  it('is a cancellation when the core killed the worker for one', () => {
    const verdict = verdictOf(evidence({ cause: 'kill', killReason: { kind: 'cancelled' } }));

    expect(verdict?.name).toBe('CancelledError');
  });

  it('names the signal of a crash and keeps the stack above the harness', () => {
    const stderrTail =
      'Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n' +
      '  File "/home/me/functions.py", line 4 in crash\n' +
      '  File "/lib/millstream/_execution/call.py", line 71 in map_rows\n\nExtension modules: numpy (total: 1)\n';
    const verdict = verdictOf(evidence({ exit: exit({ signal: 'SIGSEGV' }), stderrTail }));

    expect(verdict?.code).toBe('WORKER_CRASH');
    expect(verdict?.message).toContain('SIGSEGV');
    expect(verdict?.details.traceback).toBe(
      'Fatal Python error: Segmentation fault\n  File "/home/me/functions.py", line 4 in crash',
    );
  });

  it('blames the machine when the kernel killed for memory below the cap', () => {
    const verdict = verdictOf(evidence({ memoryKills: BELOW_CAP, cause: 'memory', peakBytes: 100 << 20 }));

    expect(verdict?.code).toBe('HOST_OOM');
    expect(verdict?.message).toContain('which had used 100 MiB of its own cap of 512 MiB');
  });

  it('blames nobody for memory where the signal does not fit', () => {
    const sampled = { memoryKills: BELOW_CAP, capLevel: 'watchdog' } as const;

    expect(verdictOf(evidence(sampled))?.code).toBe('HOST_OOM');
    expect(verdictOf(evidence({}))?.code).toBe('WORKER_KILLED');
    expect(verdictOf(evidence({ ...sampled, exit: exit({ signal: 'SIGTERM' }) }))?.code).toBe(
      'WORKER_KILLED',
    );
  });

  it('says how many rows were done at the last heartbeat', () => {
    const running = { stage: 'python-2', functions: ['f'], bundle: 1, rows: 500, finishedRows: 123 };

    expect(verdictOf(evidence({ running }))?.message).toContain(
      'bundle 1 of 500 rows, at least 123 of them done',
    );
  });

  it.each([
    ['SIGSEGV', /stack was full/],
    ['SIGBUS', /full \/dev\/shm/],
    ['SIGABRT', /C\+\+ exception/],
    ['SIGILL', /a wheel built for another one/],
    ['SIGFPE', /by zero/],
    ['SIGSYS', /forbidden/],
  ])('says what %s means, which is a crash', (signal, meaning) => {
    const verdict = verdictOf(evidence({ exit: exit({ signal }) }));

    expect(verdict?.code).toBe('WORKER_CRASH');
    expect(verdict?.hint).toMatch(meaning);
  });

  it('tells processor time that is used up from a kill', () => {
    expect(verdictOf(evidence({ exit: exit({ signal: 'SIGXCPU' }) }))).toMatchObject({
      code: 'UDF_TIMEOUT',
      message: expect.stringContaining('used up the processor time'),
      details: { function: 'embed' },
    });
  });

  it.each([
    [137, 'exit code 137 (what a shell says of a program that SIGKILL ended)'],
    [127, 'exit code 127 (what a shell says of a program that is not there)'],
    [0, 'exit code 0 (as if all were done)'],
    [3, 'exit code 3 while'],
  ])('says what exit code %i means', (exitCode, text) => {
    expect(verdictOf(evidence({ exit: exit({ exitCode }) }))?.message).toContain(text);
  });

  it('says that the zygote took its workers with it', () => {
    const verdict = verdictOf(evidence({ exit: exit({ signal: 'SIGKILL', hostLost: true }) }));

    expect(verdict?.code).toBe('WORKER_KILLED');
    expect(verdict?.message).toContain('the process that forks workers ended');
  });

  it('tells an exit in user code from a start that failed', () => {
    const ended = { exit: exit({ exitCode: 3 }) };

    expect(verdictOf(evidence(ended))?.message).toContain('ended by itself with exit code 3');
    expect(verdictOf(evidence(ended))?.code).toBe('WORKER_EXIT');
    expect(verdictOf(evidence({ ...ended, wasReady: false, running: null }))?.code).toBe('WORKER_START');
  });

  it('keeps what went wrong as the cause of a start that failed', () => {
    const problem = new Error('no such file');
    const verdict = verdictOf(evidence({ exit: null, problem, wasReady: false, running: null }));

    expect(verdict?.cause).toBe(problem);
    expect(verdict?.message).toContain('no such file');
  });

  it('tells a broken protocol from a start that failed', () => {
    const problem = new Error('it spoke Latin');
    const verdict = verdictOf(evidence({ cause: 'refused', problem }));

    expect(verdict?.code).toBe('WORKER_PROTOCOL');
    expect(verdict?.message).toContain('it spoke Latin');
  });

  it('blames the protocol when the harness gave up, in its own words', () => {
    const verdict = verdictOf(
      evidence({ exit: exit({ exitCode: 70 }), stderrTail: 'ValidationError: no field' }),
    );

    expect(verdict?.code).toBe('WORKER_PROTOCOL');
    expect(verdict?.message).toContain('ValidationError: no field');
  });

  it('is null for a worker that was asked to stop', () => {
    expect(verdictOf(evidence({ cause: 'stop', exit: exit({ exitCode: 0 }) }))).toBeNull();
  });
});
