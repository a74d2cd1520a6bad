import { afterEach, describe, expect, it } from 'vitest';
import { Bridge, type IsolationOptions, type Worker } from '../../../bridge/index.js';
import { whyNotTried } from '../../../bridge/isolation/detect.js';
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

let bridge: Bridge;
afterEach(() => bridge.close());

describe.skipIf(whyNotTried() !== null)('a sandboxed worker', () => {
  it.each(['standard', 'strict'] as const)('runs functions at the level %s', async (level) => {
    const options = bridgeOptions({ isolation: { ...isolation, level }, sharedMemoryBytes: 64 << 20 });
    bridge = Bridge.start(options);

    const worker = await bridge.startWorker(workerSpec());

    expect(await sumOf(worker, options.schemas)).toBe(3);
  });
});

async function sumOf(worker: Worker, schemas: ReturnType<typeof bridgeOptions>['schemas']) {
  await worker.loadFunctions([fixtureFolder], [{ name: 'add', target: 'functions.add' }]);
  const stage = await worker.openFunctionStage(scalarStage('add'));
  const groups = [columnGroup(schemas, { a: Float64Array.of(1), b: Float64Array.of(2) })];
  const { batches } = await stage.process({ sequence: 0, rows: 1, groups, continued: false });
  return readGroup(schemas, batches[0]!.group!).getChildAt(0)!.get(0);
}
