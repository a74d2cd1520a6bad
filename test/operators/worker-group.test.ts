/** Memory of function workers and of the spare that waits where one has died: reserved while they live. */
import { expect, it } from 'vitest';
import type { Bridge, Worker } from '../../bridge/index.js';
import { type MillstreamError, WorkerError } from '../../core/index.js';
import { WorkerGroup } from '../../operators/worker-group.js';

class FakeWorker {
  readonly ended: Promise<MillstreamError | null>;
  end: (verdict: MillstreamError | null) => void = () => {};

  constructor(readonly name: string) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async stop(): Promise<void> {
    this.end(null);
    await this.ended;
  }

  async kill(): Promise<void> {
    await this.stop();
  }
}

function groupOf(mostReservations: number) {
  const workers: FakeWorker[] = [];
  const warmed: string[] = [];
  let reserved = 0;
  const bridge = {
    startWorker: async ({ name }: { readonly name: string }) => {
      const worker = new FakeWorker(name);
      workers.push(worker);
      return worker as unknown as Worker;
    },
  };
  const group = new WorkerGroup({ label: null, python: null, sandbox: null } as never, {
    bridge: bridge as unknown as Bridge,
    workingDirectory: '/',
    variables: { environment: {}, inherited: [] } as never,
    gpus: null as never,
    reserve: () => {
      if (reserved === mostReservations) throw new Error('no memory is free');
      reserved += 1;
      return () => {
        reserved -= 1;
      };
    },
  });
  const killed = new WorkerError('WORKER_KILLED', 'killed');
  return {
    group,
    warmed,
    reserved: () => reserved,
    names: () => workers.map(({ name }) => name),
    /** The `index`th worker dies, somebody asks for it again, and a spare is kept. */
    async loseAndReplace(index: number): Promise<string> {
      const { worker } = await group.member(index);
      (worker as unknown as FakeWorker).end(killed);
      await worker.ended;
      const fresh = await group.member(index);
      group.keepSpare(async (spare) => warmed.push(spare.worker.name));
      await new Promise((resolve) => setImmediate(resolve));
      return fresh.worker.name;
    },
  };
}

it('keeps a spare after a death, and no more memory than that of its workers and one spare', async () => {
  const { group, names, reserved, warmed, loseAndReplace } = groupOf(10);
  await group.resize({ memoryBytes: 1, cpus: null, gpus: null });
  group.users = 1;

  await group.member(0);
  group.keepSpare(async () => {});
  expect({ reserved: reserved(), names: names() }).toEqual({ reserved: 1, names: ['python-1'] });

  expect(await loseAndReplace(0)).toBe('python-1');
  expect({ reserved: reserved(), warmed }).toEqual({ reserved: 2, warmed: ['python-2'] });
  expect(await loseAndReplace(0)).toBe('python-2');
  expect(await loseAndReplace(0)).toBe('python-3');
  expect(reserved()).toBe(2);

  group.users = 0;
  group.returnUnused();
  await group.end();
  expect(reserved()).toBe(0);
});

it('keeps none where the memory for it is taken', async () => {
  const { group, names, reserved, loseAndReplace } = groupOf(1);
  await group.resize({ memoryBytes: 1, cpus: null, gpus: null });
  group.users = 1;

  await loseAndReplace(0);
  await loseAndReplace(0);

  expect({ reserved: reserved(), names: names() }).toEqual({
    reserved: 1,
    names: ['python-1', 'python-1', 'python-1'],
  });
});
