import { afterEach, describe, expect, it } from 'vitest';
import { Bridge, type BridgeOptions, type Worker } from '../../bridge/index.js';
import { held } from '../support/held-parts.js';
import { columnGroup } from './support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from './support/bridge-options.js';
import { scalarStage } from './support/stages.js';

let bridge: Bridge;
afterEach(() => bridge.close());

const options = bridgeOptions({
  pythonPath: [`${fixtureFolder}scripted`],
  useZygote: false,
  graces: { helloMs: 2_000, shutdownMs: 100, terminateMs: 100 },
});
const group = columnGroup(options.schemas, { a: Float64Array.of(1, 2, 3), b: Float64Array.of(4, 5, 6) });
const bundle = { sequence: 0, rows: 3, groups: [group], continued: false };

function start(script: string, changes: Partial<BridgeOptions> = {}): Promise<Worker> {
  bridge = Bridge.start({ ...options, ...changes });
  return bridge.startWorker(workerSpec({ environment: { SCRIPT: script } }));
}

describe('a worker that follows the protocol', () => {
  it('has its schemas translated to those of the job', async () => {
    const worker = await start('echo');
    const stage = await worker.openFunctionStage(scalarStage('f'));

    const { batches } = await stage.process(bundle);

    expect(batches).toMatchObject([
      { rows: 3, rowSelection: null, group: { schema: group.schema, messageRows: 3 } },
    ]);
    expect(Buffer.compare(held(batches)[0]!.group!.message, group.message)).toBe(0);
  });

  it('answers with checksums where they are on', async () => {
    const worker = await start('echo', { checksum: true });
    const stage = await worker.openFunctionStage(scalarStage('f'));

    const { batches } = await stage.process(bundle);

    expect(batches).toMatchObject([{ rows: 3, group: { messageRows: 3 } }]);
  });

  it('gets several bundles at once, and its answers reach those who asked', async () => {
    const worker = await start('echo');
    const stage = await worker.openFunctionStage(scalarStage('f'));
    const sizes = [1, 5, 2, 8];

    const results = await Promise.all(
      sizes.map((rows, sequence) => {
        const groups = [
          columnGroup(options.schemas, { a: new Float64Array(rows), b: new Float64Array(rows) }),
        ];
        return stage.process({ sequence, rows, groups, continued: false });
      }),
    );

    expect(results.map((result) => result.batches[0]?.rows)).toEqual(sizes);
  });

  it('has late frames dropped and counted', async () => {
    const worker = await start('late');
    const stage = await worker.openFunctionStage(scalarStage('f'));

    const { batches } = await stage.process(bundle);

    expect(batches).toHaveLength(1);
    expect(worker.lateFrames).toBe(2);
  });

  it('may not be given the same bundle twice', async () => {
    const worker = await start('echo');
    const stage = await worker.openFunctionStage(scalarStage('f'));
    const first = stage.process(bundle);

    await expect(stage.process(bundle)).rejects.toMatchObject({ code: 'BUNDLE_SEQUENCE' });
    await first;
  });
});

describe('a worker that breaks the protocol', () => {
  it.each([
    ['wrong token', 'PROTOCOL_TOKEN'],
    ['wrong worker', 'PROTOCOL_TOKEN'],
    ['wrong protocol', 'PROTOCOL_VERSION'],
  ])('is refused at its hello: %s', async (script, code) => {
    await expect(start(script)).rejects.toMatchObject({ code: 'WORKER_START', cause: { code } });
  });

  it.each([
    ['unknown schema', /schema 7 before that schema/],
    ['wrong bundle', /a batch message for bundle 1, which is not in flight/],
    ['wrong rows', /announced 99 rows and sent 3/],
    ['malformed batch', /BATCH_MALFORMED|malformed|body|message/i],
    ['wrong count', /sent 1 batches of 3 rows and announced 2 of 3/],
  ])('is killed and what waits for it fails: %s', async (script, reason) => {
    const worker = await start(script);
    const stage = await worker.openFunctionStage(scalarStage('f'));

    await expect(stage.process(bundle)).rejects.toThrow(reason);
    expect(await worker.ended).toMatchObject({ code: 'WORKER_PROTOCOL' });
  });

  it.each([
    ['block outside', /a block at 1099511627776 of .* bytes in an arena of/],
    ['block of another', /a block in arena 7, which is not its own/],
    ['block over another', /block 2 over block 1, which is still held/],
    ['block of before', /generation 1 after generation 2/],
    ['release of nothing', /release of block 1/],
  ])('is killed for what it says of shared memory: %s', async (script, reason) => {
    const worker = await start(script, { sharedMemoryBytes: 64 << 20 });
    const stage = await worker.openFunctionStage(scalarStage('f'));
    const a = new Float64Array(16_384);
    const groups = [columnGroup(options.schemas, { a, b: new Float64Array(16_384) })];

    const answers = async () => {
      for (let sequence = 0; sequence < 100; sequence++) {
        await stage.process({ sequence, rows: a.length, groups, continued: false });
      }
    };

    await expect(answers()).rejects.toThrow(reason);
    expect(await worker.ended).toMatchObject({ code: 'WORKER_PROTOCOL' });
  });

  it.each(['no checksum', 'changed bytes'])('is killed where checksums are on: %s', async (script) => {
    const worker = await start(script, { checksum: true });
    const stage = await worker.openFunctionStage(scalarStage('f'));

    await expect(stage.process(bundle)).rejects.toThrow(/was changed on its way: its checksum does not hold/);
    expect(await worker.ended).toMatchObject({ code: 'WORKER_PROTOCOL' });
  });

  it.each(['reply twice', 'wrong result'])('is killed for its replies: %s', async (script) => {
    const worker = await start(script);

    const answer = worker.loadFunctions([], []);

    await expect(answer).rejects.toThrow();
    expect(await worker.ended).toMatchObject({ code: 'WORKER_PROTOCOL' });
  });
});

describe('a worker that does not behave', () => {
  it('is given up when it says nothing', async () => {
    const worker = start('say nothing', { graces: { helloMs: 50 } });

    await expect(worker).rejects.toMatchObject({
      code: 'WORKER_START',
      message: expect.stringContaining('in time'),
    });
  });

  it('has its last words in the verdict when it fails to start', async () => {
    await expect(start('fail to start')).rejects.toMatchObject({
      code: 'WORKER_START',
      message: expect.stringMatching(/exit code 1 .*no luck today/s),
    });
  });

  it('is killed after both graces when it ignores shutdown and SIGTERM', async () => {
    const worker = await start('ignore shutdown');

    await worker.stop();

    expect(await worker.ended).toBeNull();
    expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
  });
});
