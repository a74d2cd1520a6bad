import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Bridge, type CapLevel } from '../../bridge/index.js';
import { detectCaps } from '../../bridge/limits/detect.js';
import { columnGroup } from './support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';
import { scalarStage } from './support/stages.js';

const CAP = 160 << 20;
let bridge: Bridge;
afterEach(() => bridge.close());

async function exhaust(capLevel: CapLevel, name: string) {
  const options = bridgeOptions({ capLevel });
  bridge = Bridge.start(options);
  const worker = await bridge.startWorker(workerSpec({ name, memoryBytes: CAP }));
  await worker.loadFunctions([fixtureFolder], [{ name, target: `functions.${name}` }]);
  const stage = await worker.openFunctionStage(scalarStage(name));
  const groups = [columnGroup(options.schemas, { a: Float64Array.of(1), b: Float64Array.of(2) })];
  const error: unknown = await stage
    .process({ sequence: 7, rows: 1, groups, continued: false })
    .catch((e: unknown) => e);
  return { worker, error };
}

const best = detectCaps({ probe: `millstream-test-${process.pid}`, level: null, requireHard: false });

describe.each([...new Set<CapLevel>([best.level, 'watchdog'])])(
  'a worker above its memory, capped by %s',
  (level) => {
    it.each(['hoard', 'hoard_in_child'])('dies whole and alone, with the verdict: %s', async (name) => {
      const { worker, error } = await exhaust(level, name);

      expect(error).toMatchObject({
        name: 'WorkerError',
        code: 'WORKER_OOM',
        message: expect.stringMatching(/ran out of its 160 MiB of memory.* bundle 7 of 1 row\./),
        hint: expect.stringContaining("SET 'millstream.worker.memory' = '320 MB'"),
        details: { function: name, bundle: 7 },
      });
      expect(worker.usage().peakBytes).toBeGreaterThan(CAP * 0.8);
      expect(await worker.ended).toBe(error);
      expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
      await expect.poll(children, { timeout: 2_000 }).toEqual([]);
    });
  },
);

describe.skipIf(best.level === 'watchdog')('a cap too small for a worker', () => {
  it('is said to be that, with the least that works', async () => {
    bridge = Bridge.start(bridgeOptions());

    await expect(bridge.startWorker(workerSpec({ memoryBytes: 256 << 10 }))).rejects.toMatchObject({
      code: 'WORKER_OOM',
      message: expect.stringMatching(/ran out of its 256 KiB of memory.* It had not started yet/),
      hint: 'Give it at least 128 MiB.',
    });
  });
});

/** Processes that still fill memory as `hoard_in_child` does. */
function children(): string[] {
  const zygotes = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return zygotes.flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    } catch {
      return [];
    }
  });
}
