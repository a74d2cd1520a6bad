import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Bridge, type FunctionStageHandle, type Worker, type WorkerSpec } from '../../bridge/index.js';
import { held } from '../support/held-parts.js';
import { columnGroup, readGroup } from './support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';
import { scalarStage } from './support/stages.js';

const options = bridgeOptions();
let bridge: Bridge;
beforeAll(() => {
  bridge = Bridge.start(options);
});
afterAll(() => bridge.close());

let worker: Worker;
afterEach(async () => {
  await worker?.stop();
  options.logs.length = 0;
});

async function open(name: string, spec: Partial<WorkerSpec> = {}): Promise<FunctionStageHandle> {
  worker = await bridge.startWorker(workerSpec({ name, ...spec }));
  await worker.loadFunctions([fixtureFolder], [{ name, target: `functions.${name}` }]);
  return worker.openFunctionStage(scalarStage(name));
}

/** `rows` rows: a = 0, 1, 2, …; b = 10. */
function bundle(rows: number, sequence = 0) {
  const a = Float64Array.from({ length: rows }, (_, row) => row);
  const groups = [columnGroup(options.schemas, { a, b: new Float64Array(rows).fill(10) })];
  return { sequence, rows, groups, continued: false };
}

describe('a function worker', () => {
  it('declares the functions that it loads', async () => {
    await open('add');

    const {
      declarations: [declaration],
    } = await worker.loadFunctions([fixtureFolder], [{ name: 'plus', target: 'functions.add' }]);

    expect(declaration).toMatchObject({
      name: 'plus',
      kind: 'scalar',
      target: 'functions.add',
      result: 'DOUBLE',
      parameters: [
        { name: 'a', nullable: false },
        { name: 'b', nullable: false },
      ],
    });
  });

  it('answers bundles, several in flight, and says where the time went', async () => {
    const stage = await open('add');

    const results = await Promise.all(
      [3, 1, 2].map((rows, sequence) => stage.process(bundle(rows, sequence))),
    );

    const columns = results.map(({ batches }) =>
      Array.from(readGroup(options.schemas, held(batches)[0]!.group!).getChildAt(0)!.toArray()),
    );
    expect(columns).toEqual([[10, 11, 12], [10], [10, 11]]);
    for (const { timing } of results) {
      const { waitingNs, shippingNs, pythonNs, returningNs, totalNs, calls } = timing;
      expect(calls).toHaveLength(1);
      expect(pythonNs[0]).toBeGreaterThan(0);
      expect(waitingNs + shippingNs + pythonNs[0]! + returningNs).toBeLessThanOrEqual(totalNs);
    }
  });

  it('applies selections before it calls', async () => {
    const stage = await open('add');
    const [group] = bundle(5).groups;
    const groups = [{ ...group!, selection: Int32Array.of(1, 1, 4) }];

    const { batches } = await stage.process({ sequence: 0, rows: 3, groups, continued: false });

    expect(Array.from(readGroup(options.schemas, held(batches)[0]!.group!).getChildAt(0)!.toArray())).toEqual(
      [11, 11, 14],
    );
  });

  it('survives an exception of a function, which fails its bundle alone', async () => {
    const stage = await open('fail');

    const [first, second] = await Promise.allSettled([stage.process(bundle(4)), stage.process(bundle(2, 1))]);

    expect(first).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'UdfError',
        message: expect.stringContaining('two is not wanted'),
        details: { function: 'fail', stage: 'stage', worker: worker.id, bundle: 0, row: 2 },
      },
    });
    expect(second.status).toBe('fulfilled');
  });

  it('survives sys.exit in a function', async () => {
    const stage = await open('leave_politely');

    await expect(stage.process(bundle(1))).rejects.toMatchObject({
      name: 'UdfError',
      details: { bundle: 0 },
    });
    await expect(worker.dumpStack()).resolves.toContain('MainThread');
  });

  it('says which module is missing', async () => {
    worker = await bridge.startWorker(workerSpec());

    await expect(
      worker.loadFunctions([fixtureFolder], [{ name: 'f', target: 'nothing.f' }]),
    ).rejects.toMatchObject({
      name: 'UdfError',
      message: expect.stringContaining('nothing'),
    });
  });

  it('sends on what is printed and logged, with its function', async () => {
    const stage = await open('shout');

    await stage.process(bundle(1));
    await worker.stop();

    const seen = options.logs.map(({ worker: id, source, function: name, text }) => [
      id,
      source,
      name,
      text.trim(),
    ]);
    expect(seen).toContainEqual([worker.id, 'stdout', 'shout', 'to stdout']);
    expect(seen).toContainEqual([worker.id, 'stderr', 'shout', 'to stderr']);
    expect(seen.map(([, , , text]) => text)).toContain('past the harness');
  });

  it('reports a bundle without progress once, with its stack', async () => {
    const stuck = bridgeOptions({ graces: { stuckMs: 150, cancelMs: 200 } });
    const own = Bridge.start(stuck);
    try {
      worker = await own.startWorker(workerSpec());
      await worker.loadFunctions([fixtureFolder], [{ name: 'hang', target: 'functions.hang' }]);
      const stage = await worker.openFunctionStage(scalarStage('hang'));
      const hanging = stage.process({
        ...bundle(1),
        groups: [columnGroup(stuck.schemas, { a: Float64Array.of(1), b: Float64Array.of(1) })],
      });
      hanging.catch(() => undefined);

      await expect
        .poll(() => stuck.logs.filter(({ source }) => source === 'bridge'), { timeout: 5_000 })
        .toHaveLength(1);

      expect(stuck.logs.find(({ source }) => source === 'bridge')?.text).toMatch(
        /function hang has made no progress for 0.15 s in bundle 0 \(0 of 1 rows done\)\. It waits in native code, called at functions\.py:\d+\.\n\nThread MainThread:\n {2}File ".*functions\.py", line \d+, in hang\n/,
      );
      await stage.close();
      await expect(hanging).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(worker.usage().cpuSeconds).toBeNull();
    } finally {
      await own.close();
    }
  });

  it('is interrupted and closed when it gets SIGTERM, and when the bridge is aborted', async () => {
    const own = bridgeOptions();
    const aborted = Bridge.start(own);
    const folder = mkdtempSync(join(tmpdir(), 'closed-'));
    const ends = [({ pid }: Worker) => process.kill(pid, 'SIGTERM'), () => void aborted.abort()];
    try {
      for (const [i, end] of ends.entries()) {
        own.logs.length = 0;
        const environment = { CLOSED: join(folder, `${i}`) };
        worker = await aborted.startWorker(workerSpec({ environment }));
        await worker.loadFunctions([fixtureFolder], [{ name: 'client', target: 'functions.client' }]);
        const stage = await worker.openFunctionStage(scalarStage('client'));
        const groups = [columnGroup(own.schemas, { a: Float64Array.of(1), b: Float64Array.of(1) })];
        const waiting = stage.process({ ...bundle(1), groups });
        waiting.catch(() => undefined);
        await expect.poll(() => own.logs.length, { timeout: 5_000 }).toBe(1);

        end(worker);

        const code = ['WORKER_KILLED', 'CANCELLED'][i];
        await expect(waiting).rejects.toMatchObject({ code });
        await worker.ended;
        expect(existsSync(environment.CLOSED)).toBe(true);
      }
    } finally {
      await aborted.abort();
      rmSync(folder, { recursive: true });
    }
  });

  it('is killed when native code keeps it from leaving a stage that is closed', async () => {
    const stage = await open('hang_in_native_code');
    const hanging = stage.process(bundle(1));
    hanging.catch(() => undefined);

    await expect
      .poll(() => worker.dumpStack(), { timeout: 8_000 })
      .toMatch(
        /^It is in native code that does not let other Python code run, called at functions\.py:\d+\.\n\nThread MainThread:\n {2}File ".*functions\.py", line \d+, in hang_in_native_code\n$/,
      );
    await stage.close();

    await expect(hanging).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await worker.ended).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the verdict on a worker that died', () => {
  it.each([
    [
      'crash',
      'WORKER_CRASH',
      /crashed with SIGSEGV while it ran function crash in stage stage, bundle 0 of 3 rows/,
    ],
    ['die', 'WORKER_KILLED', /killed from outside with SIGTERM/],
    ['leave', 'WORKER_EXIT', /ended by itself with exit code 3/],
  ])('of %s is %s', async (name, code, message) => {
    const stage = await open(name);

    await expect(stage.process(bundle(3))).rejects.toMatchObject({ name: 'WorkerError', code });

    const verdict = await worker.ended;
    expect(verdict?.message).toMatch(message);
    expect(verdict?.details).toMatchObject({ function: name, bundle: 0, worker: worker.id });
    await expect(stage.process(bundle(1, 1))).rejects.toBe(verdict);
  });

  it('has the Python stack of a native crash', async () => {
    const stage = await open('crash');

    await expect(stage.process(bundle(1))).rejects.toMatchObject({
      details: { traceback: expect.stringMatching(/Segmentation fault.*functions\.py.* in crash/s) },
    });
  });

  it('of a function above its time limit is a timeout, by the bundle that ran and not one that waits', async () => {
    worker = await bridge.startWorker(workerSpec());
    await worker.loadFunctions([fixtureFolder], [{ name: 'hang', target: 'functions.hang' }]);
    const stage = await worker.openFunctionStage(scalarStage('hang'), 200);

    const [first, second] = await Promise.allSettled([stage.process(bundle(1)), stage.process(bundle(1, 1))]);

    expect(first).toMatchObject({
      reason: {
        code: 'UDF_TIMEOUT',
        message: expect.stringContaining('Function hang did not finish within 0.2 s'),
        details: { bundle: 0, traceback: expect.stringContaining('in hang') },
      },
    });
    expect(second).toMatchObject({ reason: await worker.ended });
  });

  it('of a hanging function that the core kills is a timeout with its stack', async () => {
    const stage = await open('hang');
    const hanging = stage.process(bundle(1));
    hanging.catch(() => undefined);
    await expect.poll(() => worker.dumpStack(), { timeout: 5_000 }).toContain('in hang');

    await worker.kill({ kind: 'timeout', function: 'hang', timeoutMs: 500, stack: await worker.dumpStack() });

    await expect(hanging).rejects.toMatchObject({
      code: 'UDF_TIMEOUT',
      message: expect.stringContaining('Function hang did not finish within 0.5 s'),
      details: { function: 'hang', traceback: expect.stringContaining('in hang') },
    });
  });
});
