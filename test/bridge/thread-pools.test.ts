import { expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { CgroupV1 } from '../../bridge/limits/cgroup-v1.js';
import { FileTree } from '../../bridge/limits/file-tree.js';
import { threadVariables } from '../../bridge/thread-variables.js';
import { held } from '../support/held-parts.js';
import { columnGroup, readGroup } from './support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';
import { scalarStage } from './support/stages.js';

it.each([
  [null, undefined],
  [0.5, '1'],
  [1.5, '2'],
  [4, '4'],
])('a quota of %s cores sizes thread pools to %s', (cpus, threads) => {
  expect(threadVariables(cpus).OMP_NUM_THREADS).toBe(threads);
});

const hasCgroup = CgroupV1.detect(new FileTree(), `millstream-test-${process.pid}-threads`) !== null;

it.skipIf(!hasCgroup)('a worker with a quota has pools of that size, Arrow included', async () => {
  const options = bridgeOptions();
  const bridge = Bridge.start(options);
  try {
    const worker = await bridge.startWorker(workerSpec({ cpus: 2.5 }));
    await worker.loadFunctions([fixtureFolder], [{ name: 'threads', target: 'functions.threads' }]);
    const stage = await worker.openFunctionStage(scalarStage('threads'));
    const groups = [columnGroup(options.schemas, { a: Float64Array.of(1), b: Float64Array.of(2) })];

    const { batches } = await stage.process({ sequence: 0, rows: 1, groups, continued: false });

    // 10 × Arrow's threads and those of OpenMP.
    expect([...readGroup(options.schemas, held(batches)[0]!.group!).getChildAt(0)!.toArray()]).toEqual([33]);
  } finally {
    await bridge.close();
  }
});
