import { describe, expect, it } from 'vitest';
import type { Bridge, Worker, WorkerSpec } from '../../bridge/index.js';
import { RelationalWorkers } from '../../operators/relational-workers.js';
import { ManualClock } from '../support/manual-clock.js';

/** Starts workers that do nothing and notes which of them live. */
class FakeBridge {
  readonly living = new Set<string>();

  async startWorker({ name, memoryBytes }: WorkerSpec): Promise<Worker> {
    let end: (verdict: null) => void = () => {};
    const ended = new Promise<null>((resolve) => {
      end = resolve;
    });
    const stop = async () => {
      this.living.delete(name);
      end(null);
    };
    this.living.add(name);
    return { name, memoryBytes, ended, stop } as unknown as Worker;
  }
}

function pool() {
  const bridge = new FakeBridge();
  const clock = new ManualClock();
  const idle = { timers: clock, afterMs: 60_000 };
  return { bridge, clock, workers: new RelationalWorkers(bridge as unknown as Bridge, '/', idle) };
}

describe('relational workers', () => {
  it('are used again by the next job with the same caps', async () => {
    const { bridge, workers } = pool();
    for (let job = 0; job < 3; job++) {
      await workers.expect(2, 100);
      const borrowed = await Promise.all([workers.borrow(100), workers.borrow(100)]);
      await Promise.all(borrowed.map((worker) => workers.giveBack(worker)));
    }

    expect([...bridge.living]).toEqual(['relational-1', 'relational-2']);
  });

  it('wait for nothing once they have ended', async () => {
    const { clock, workers } = pool();
    await workers.expect(1, 100);
    const worker = await workers.borrow(100);
    await workers.giveBack(worker);
    expect(clock.pendingTimers).toBe(1);

    await worker.stop();
    await worker.ended;

    expect(clock.pendingTimers).toBe(0);
  });

  it('are never lent to two stages at once', async () => {
    const { workers } = pool();
    await workers.expect(2, 100);

    const [first, second] = await Promise.all([workers.borrow(100), workers.borrow(100)]);

    expect(first.name).not.toBe(second.name);
  });

  it('end where the next job needs fewer of them, or other caps', async () => {
    const { bridge, workers } = pool();
    await workers.expect(2, 100);
    const borrowed = await Promise.all([workers.borrow(100), workers.borrow(100)]);
    await Promise.all(borrowed.map((worker) => workers.giveBack(worker)));

    await workers.expect(1, 100);
    expect([...bridge.living]).toEqual(['relational-1']);

    await workers.expect(1, 200);
    expect([...bridge.living]).toEqual([]);
  });

  it('end when they come back after another job has asked for other caps', async () => {
    const { bridge, workers } = pool();
    await workers.expect(1, 100);
    const worker = await workers.borrow(100);
    await workers.expect(1, 200);

    await workers.giveBack(worker);

    expect([...bridge.living]).toEqual([]);
  });

  it('end when no job has borrowed them for the time-out, which begins anew with each job', async () => {
    const { bridge, clock, workers } = pool();
    await workers.expect(1, 100);
    await workers.giveBack(await workers.borrow(100));
    await workers.expect(1, 100);
    expect(clock.pendingTimers).toBe(0);

    await workers.giveBack(await workers.borrow(100));
    expect([...bridge.living]).toEqual(['relational-1']);
    clock.fireNext();

    expect(clock.nowMs()).toBe(60_000);
    expect([...bridge.living]).toEqual([]);
    expect((await workers.borrow(100)).name).toBe('relational-2');
  });

  it('are warm when they have served before, so that they may have died meanwhile', async () => {
    const { workers } = pool();
    await workers.expect(1, 100);
    const worker = await workers.borrow(100);
    expect(workers.isWarm(worker)).toBe(false);

    await workers.giveBack(worker);

    expect(workers.isWarm(await workers.borrow(100))).toBe(true);
  });

  it('are replaced where one has died', async () => {
    const { workers } = pool();
    await workers.expect(1, 100);
    const worker = await workers.borrow(100);
    await workers.giveBack(worker);
    await worker.stop();

    expect((await workers.borrow(100)).name).toBe('relational-2');
  });
});
