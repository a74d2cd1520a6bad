/** Fifty workers at once. */
import { describe, expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { bridgeOptions, workerSpec } from '../bridge/support/bridge-options.js';

const WORKERS = 50;

describe.skipIf(process.platform !== 'linux')('workers started side by side', () => {
  it(`are all there; ${WORKERS} of them`, async () => {
    const bridge = Bridge.start(bridgeOptions());
    try {
      await (await bridge.startWorker(workerSpec())).stop();
      const startMs = performance.now();
      const workers = await Promise.all(
        Array.from({ length: WORKERS }, () => bridge.startWorker(workerSpec())),
      );
      const tookMs = Math.round(performance.now() - startMs);

      console.log(`figure: ${WORKERS} workers at once: all connected after ${tookMs} ms, from a warm zygote`);
      expect(new Set(workers.map(({ pid }) => pid)).size).toBe(WORKERS);
    } finally {
      await bridge.close();
    }
  });
});
