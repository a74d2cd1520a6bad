import { describe, expect, it } from 'vitest';
import type { CapUsage, WorkerCap } from '../../bridge/limits/worker-cap.js';
import type { ForkRequest, ProcessExit, WorkerHost, WorkerProcess } from '../../bridge/worker-host.js';
import { type LifeEnd, WorkerLife } from '../../bridge/worker-life.js';
import { timers } from './support/bridge-options.js';

const KILLED: ProcessExit = {
  exitCode: null,
  signal: 'SIGKILL',
  maxRssBytes: null,
  cpuSeconds: null,
  hostLost: false,
};

/** A cap whose process is what `place` says. */
function capThat(place: () => boolean): WorkerCap {
  const usage: CapUsage = { usedBytes: null, peakBytes: null };
  return {
    folders: [],
    place,
    usage: () => usage,
    memoryKills: () => ({ atCap: 0, belowCap: 0 }),
    exceeded: () => false,
    isNearCap: () => false,
    killAll: () => undefined,
    afterExit: () => undefined,
    remove: () => true,
  };
}

/** Makes one process, which ended with `exit`; signals are recorded. */
function hostOf(exit: ProcessExit, signals: string[]): WorkerHost {
  const process: WorkerProcess = {
    pid: 10,
    go: () => signals.push('go'),
    signal: (name) => signals.push(name),
    exited: Promise.resolve(exit),
  };
  return {
    hasEnded: false,
    fork: async () => process,
    own: () => undefined,
    guard: () => undefined,
    release: () => undefined,
    close: async () => undefined,
    abort: async () => undefined,
  };
}

function live(cap: WorkerCap, signals: string[]): Promise<LifeEnd> {
  return new Promise((resolve) => {
    const life = new WorkerLife({
      host: hostOf(KILLED, signals),
      cap,
      request: {} as ForkRequest,
      timers,
      graces: { helloMs: 1, initMs: 1, shutdownMs: 1, terminateMs: 1, abortMs: 1, cancelMs: 1, stuckMs: 1 },
      connect: async () => undefined,
      onOutput: () => undefined,
      onWelcome: () => undefined,
      onNearCap: () => undefined,
      onShutDown: () => undefined,
      onEnd: resolve,
    });
    void life.begin();
  });
}

describe('the life of a process', () => {
  it('ends as the exit says when it was killed before it could be placed', async () => {
    const signals: string[] = [];

    const end = await live(
      capThat(() => false),
      signals,
    );

    expect(end).toMatchObject({ exit: KILLED, cause: null, problem: null });
    expect(signals).toEqual([]);
  });

  it('never goes without its cap', async () => {
    const signals: string[] = [];
    const problem = new Error('not taken');

    const end = await live(
      capThat(() => {
        throw problem;
      }),
      signals,
    );

    expect(end).toMatchObject({ cause: 'placing-failed', problem });
    expect(signals).toEqual(['SIGKILL']);
  });
});
