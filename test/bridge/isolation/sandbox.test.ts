/** A worker in a sandbox is a worker like any other: it runs functions, and its end is explained. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bridge, type IsolationOptions } from '../../../bridge/index.js';
import { whyNotTried } from '../../../bridge/isolation/detect.js';
import { held } from '../../support/held-parts.js';
import { columnGroup, readGroup } from '../support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from '../support/bridge-options.js';
import { scalarStage } from '../support/stages.js';

const isolation: IsolationOptions = {
  level: 'standard',
  workingDirectory: process.cwd(),
  network: false,
  readable: () => [fixtureFolder],
  granted: [],
  writable: [],
  environment: [],
  temporaryBytes: 64 << 20,
};

const options = bridgeOptions({ isolation, sharedMemoryBytes: 64 << 20 });
let bridge: Bridge;

/** Calls `functions.NAME` on 1 and 2 in a new worker of the bridge. */
async function call(name: string) {
  const worker = await bridge.startWorker(workerSpec({ name, memoryBytes: 160 << 20 }));
  await worker.loadFunctions([fixtureFolder], [{ name, target: `functions.${name}` }]);
  const stage = await worker.openFunctionStage(scalarStage(name));
  const groups = [columnGroup(options.schemas, { a: Float64Array.of(1), b: Float64Array.of(2) })];
  const answer = stage.process({ sequence: 7, rows: 1, groups, continued: false });
  answer.catch(() => undefined);
  return { worker, answer };
}

describe.skipIf(whyNotTried() !== null)('a sandboxed worker', () => {
  beforeAll(() => {
    bridge = Bridge.start(options);
  });
  afterAll(() => bridge.close());

  it('runs functions, and the host knows its process', async () => {
    const { worker, answer } = await call('add');

    const { batches } = await answer;
    expect(readGroup(options.schemas, held(batches)[0]!.group!).getChildAt(0)!.get(0)).toBe(3);
    expect(readFileSync(`/proc/${worker.pid}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+\d+$/m);
    expect(readFileSync(`/proc/${worker.pid}/oom_score_adj`, 'utf8').trim()).toBe('500');
  });

  it.each([
    ['hoard', { code: 'WORKER_OOM', details: { function: 'hoard', bundle: 7 } }],
    ['hoard_in_child', { code: 'WORKER_OOM', details: { function: 'hoard_in_child', bundle: 7 } }],
    ['crash', { code: 'WORKER_CRASH', message: expect.stringContaining('SIGSEGV') }],
    ['leave', { code: 'WORKER_EXIT' }],
    ['die', { code: 'WORKER_KILLED' }],
  ])('ends with its verdict: %s', async (name, verdict) => {
    const { worker, answer } = await call(name);

    await expect(answer).rejects.toMatchObject({ name: 'WorkerError', ...verdict });
    await worker.ended;
    expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
  });

  it('tells its Python stack, also while native code holds the interpreter', async () => {
    const { worker } = await call('hang_in_native_code');

    expect(await worker.dumpStack()).toContain('in hang_in_native_code');
  });

  it('ends with its sandbox when the warden is killed, and the next one has a new sandbox', async () => {
    const { worker } = await call('hang');

    process.kill(wardenOf(worker.pid), 'SIGKILL');

    expect(await worker.ended).toMatchObject({ name: 'WorkerError' });
    await expect.poll(() => isAlive(worker.pid), { timeout: 5_000 }).toBe(false);
    await expect((await call('add')).answer).resolves.toBeDefined();
  });
});

/** The child of this process above a worker. */
function wardenOf(pid: number): number {
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
  return parent === process.pid ? pid : wardenOf(parent);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
