import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { bridgeOptions, python, workerSpec } from './support/bridge-options.js';

const folder = mkdtempSync(join(tmpdir(), 'millstream-test-'));
let bridge: Bridge;
afterEach(() => bridge.close());
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([true, false])('a worker, with a zygote: %s', (useZygote) => {
  it('starts under its limits, says its versions, and is gone after it was stopped', async () => {
    bridge = Bridge.start(bridgeOptions({ useZygote }));

    const worker = await bridge.startWorker(workerSpec({ openFiles: 200, fileBytes: 4 << 20 }));
    if (process.platform === 'linux') {
      const limits = readFileSync(`/proc/${worker.pid}/limits`, 'utf8');
      expect(limits).toMatch(/^Max open files +200 +200 /m);
      expect(limits).toMatch(/^Max file size +4194304 +4194304 /m);
      expect(limits).toMatch(/^Max core file size +0 +0 /m);
    }
    expect(worker.versions).toMatchObject({
      python: expect.stringMatching(/^3\./),
      pyarrow: expect.any(String),
    });
    await worker.stop();

    expect(await worker.ended).toBeNull();
    expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
    await expect(worker.dumpStack()).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('cannot start where there is no Python', async () => {
    bridge = Bridge.start(bridgeOptions({ useZygote, python: join(folder, 'python') }));

    await expect(bridge.startWorker(workerSpec())).rejects.toMatchObject({
      name: 'EnvironmentError',
      code: 'PYTHON_NOT_FOUND',
    });
  });

  it('cannot start where a package is missing', async () => {
    const bare = join(folder, 'bare-python');
    // No site-packages: nothing that was installed.
    writeFileSync(bare, `#!/bin/sh\nexec ${python} -S "$@"\n`);
    chmodSync(bare, 0o755);
    bridge = Bridge.start(bridgeOptions({ useZygote, python: bare }));

    await expect(bridge.startWorker(workerSpec())).rejects.toMatchObject({
      name: 'EnvironmentError',
      code: 'PYTHON_PACKAGES',
      message: expect.stringMatching(/has no module \w+/),
      hint: expect.stringContaining('pip install'),
    });
  });
});

describe('a bridge', () => {
  it('starts workers side by side, each with its cap and working folder', async () => {
    bridge = Bridge.start(bridgeOptions());

    const workers = await Promise.all(
      [64, 128].map((mebibytes) =>
        bridge.startWorker(workerSpec({ memoryBytes: mebibytes << 20, workingDirectory: tmpdir() })),
      ),
    );

    expect(workers.map((worker) => worker.usage().capBytes)).toEqual([64 << 20, 128 << 20]);
    expect(new Set(workers.map((worker) => worker.pid)).size).toBe(2);
  });

  it('starts nothing once it is closed', async () => {
    bridge = Bridge.start(bridgeOptions());
    await bridge.close();

    await expect(bridge.startWorker(workerSpec())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('stops workers that are still starting when it is closed', async () => {
    bridge = Bridge.start(bridgeOptions());
    const starting = bridge.startWorker(workerSpec());
    const settled = expect(starting).rejects.toMatchObject({ code: 'CANCELLED' });

    await bridge.close();

    await settled;
  });
});
