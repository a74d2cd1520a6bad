import { expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';

it('an import that never ends kills its worker, and the verdict has the Python stack', async () => {
  const bridge = Bridge.start(bridgeOptions({ graces: { initMs: 300, terminateMs: 500, shutdownMs: 500 } }));
  try {
    const worker = await bridge.startWorker(workerSpec());

    const loading = worker.loadFunctions([fixtureFolder], [{ name: 'f', target: 'endless_import.f' }]);

    await expect(loading).rejects.toMatchObject({
      code: 'WORKER_INIT_TIMEOUT',
      message: expect.stringContaining('Importing or opening f did not end within 0.3 s'),
      details: { function: 'f', traceback: expect.stringContaining('endless_import.py') },
    });
  } finally {
    await bridge.close();
  }
});
