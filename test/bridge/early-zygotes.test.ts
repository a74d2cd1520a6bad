import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Bridge, EarlyZygotes } from '../../bridge/index.js';
import { bridgeOptions, python, workerSpec } from './support/bridge-options.js';

let bridge: Bridge | null = null;
let early: EarlyZygotes | null = null;
afterEach(async () => {
  await bridge?.close();
  await early?.close();
  bridge = null;
});

describe.runIf(process.platform === 'linux')('zygotes that run before the bridge', () => {
  it('are taken by it, once', async () => {
    early = EarlyZygotes.start(python, ['function']);
    bridge = Bridge.start(bridgeOptions({ earlyZygotes: early }));

    const worker = await bridge.startWorker(workerSpec());

    expect(worker.versions.python).toMatch(/^3\./);
    expect(early.take({ python, pythonPath: [] }, 'function')).toBeNull();
  });

  it('are left alone by a bridge with another Python, and end when their owner closes them', async () => {
    early = EarlyZygotes.start(python, ['relational']);
    const other = early.take({ python: '/other/python', pythonPath: [] }, 'relational');
    const unlike = early.take({ python, pythonPath: ['/other'] }, 'relational');
    const taken = early.take({ python, pythonPath: [] }, 'relational');

    expect([other, unlike]).toEqual([null, null]);
    taken?.stdin.end();
    expect(await taken?.ended).toMatchObject({ exitCode: 0, signal: null });
  });

  it('are gone when their owner has closed them, though nobody took them', async () => {
    const children = () =>
      readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
    const before = children();
    early = EarlyZygotes.start(python, ['function', 'relational']);
    expect(children().length).toBe(before.length + 2);

    await early.close();

    expect(children()).toEqual(before);
  });

  it('report a Python that does not exist when a worker is asked for', async () => {
    early = EarlyZygotes.start('/no/such/python', ['function']);
    bridge = Bridge.start(bridgeOptions({ python: '/no/such/python', earlyZygotes: early }));

    await expect(bridge.startWorker(workerSpec())).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  });

  it('say what is wrong with an interpreter that does not become ready', async () => {
    bridge = Bridge.start(
      bridgeOptions({
        python: '/bin/false',
        diagnose: async () => {
          throw new Error('diagnosed');
        },
      }),
    );

    await expect(bridge.startWorker(workerSpec())).rejects.toThrow('diagnosed');
  });
});
