import { expect, it } from 'vitest';
import type { Bridge, Worker, WorkerSpec } from '../../bridge/index.js';
import { GpuDevices } from '../../core/index.js';
import { ModuleSources } from '../../operators/environments/module-sources.js';
import { WorkerGroup } from '../../operators/worker-group.js';
import { ManualClock } from '../support/manual-clock.js';

/** A group of workers that do nothing, and what is known of them. */
function groupOf() {
  const clock = new ManualClock();
  const living = new Set<string>();
  let reserved = 0;
  const startWorker = async ({ name }: WorkerSpec) => {
    let end: (verdict: null) => void = () => {};
    const ended = new Promise<null>((resolve) => {
      end = resolve;
    });
    living.add(name);
    const stop = async () => {
      living.delete(name);
      end(null);
      await ended;
    };
    return { name, ended, stop } as unknown as Worker;
  };
  const home = {
    key: '',
    python: null,
    sandbox: null,
    label: null,
    sources: new ModuleSources(),
    generation: 0,
  };
  const group = new WorkerGroup(home, {
    bridge: { startWorker } as unknown as Bridge,
    workingDirectory: '/',
    variables: { inherited: [], environment: {} },
    gpus: new GpuDevices([]),
    limits: { processes: null, openFiles: null, fileBytes: null },
    reserve: () => {
      reserved += 1;
      return () => {
        reserved -= 1;
      };
    },
    idle: { timers: clock, afterMs: 60_000 },
  });
  return { group, clock, living, reserved: () => reserved };
}

it('a group keeps its workers while somebody uses it, and for the time-out after that', async () => {
  const { group, clock, living, reserved } = groupOf();
  await group.resize({ memoryBytes: 100, cpus: null, gpus: null });
  const leaveFirst = group.use();
  const leaveSecond = group.use();
  await group.member(0);
  await group.member(1);
  leaveFirst();
  expect([clock.pendingTimers, reserved()]).toEqual([0, 2]);

  leaveSecond();
  expect(clock.pendingTimers).toBe(1);
  const leave = group.use();
  expect(clock.pendingTimers).toBe(0);
  leave();
  expect([...living]).toEqual(['python-1', 'python-2']);
  clock.fireNext();
  await Promise.resolve();
  await Promise.resolve();

  expect([clock.nowMs(), living.size, reserved(), group.running.length]).toEqual([60_000, 0, 0, 0]);
  expect((await group.member(0)).worker.name).toBe('python-1');
});

it('a group whose workers have been ended waits for nothing', async () => {
  const { group, clock } = groupOf();
  await group.resize({ memoryBytes: 100, cpus: null, gpus: null });
  const leave = group.use();
  await group.member(0);
  leave();
  expect(clock.pendingTimers).toBe(1);

  await group.end();

  expect(clock.pendingTimers).toBe(0);
});
