import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { detectCaps } from '../../bridge/limits/detect.js';
import { columnGroup } from './support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';
import { levelsToTry } from './support/endings.js';
import { scalarStage } from './support/stages.js';

const ROWS = 4_000;
const NAME = 'hold_90_000_bytes_a_row';
const best = detectCaps({ probe: `millstream-test-${process.pid}-near`, level: null, requireHard: false });

describe.each(levelsToTry(best.level))('a worker near its cap, by %s', (capLevel) => {
  const options = bridgeOptions({ capLevel });
  let bridge: Bridge;
  beforeAll(() => {
    bridge = Bridge.start(options);
  });
  afterAll(() => bridge.close());

  it('asks for half the rows, and says so', async () => {
    const worker = await bridge.startWorker(workerSpec({ name: NAME, memoryBytes: 400 << 20 }));
    await worker.loadFunctions([fixtureFolder], [{ name: NAME, target: `functions.${NAME}` }]);
    const stage = await worker.openFunctionStage(scalarStage(NAME));
    const rows = (count: number) => ({
      sequence: 0,
      rows: count,
      groups: [columnGroup(options.schemas, { a: new Float64Array(count), b: new Float64Array(count) })],
      continued: false,
    });
    expect(worker.rowLimit).toBeNull();

    await stage.process(rows(ROWS));
    await stage.process(rows(ROWS / 2));

    expect(worker.rowLimit).toBe(ROWS / 2);
    expect(options.logs.filter(({ source }) => source === 'bridge').map(({ text }) => text)).toEqual([
      `worker w1 used more than 85 % of its 400 MiB of memory while it ran function ${NAME}, bundle 0 of 4000 rows: ` +
        'it gets 2000 rows at a time from now on, where rows do not depend on each other',
    ]);
  });
});
