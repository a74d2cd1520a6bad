import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, Configuration, type StageGraph } from '../../../core/index.js';
import { EngineHost } from '../../../operators/session/engine-host.js';

const RELATIONAL: StageGraph = {
  stages: [
    {
      id: 'relational-1',
      kind: 'relational',
      inputs: [],
      output: 'exchange-1',
      description: '',
      sql: 'SELECT 1 AS c0',
      keepsOrder: false,
      oneThread: false,
      onlyReads: true,
      perBatch: false,
      sink: null,
      files: [],
      scan: '',
    },
  ],
  exchanges: [],
  mode: 'batch',
};

const STREAMED: StageGraph = {
  ...RELATIONAL,
  exchanges: [
    {
      id: 'exchange-1',
      producer: 'relational-1',
      consumers: [],
      columns: [],
      groups: [],
      keyColumns: null,
      mode: 'stream',
      reason: '',
    },
  ],
};

let configuration: Configuration;
let host: EngineHost;
let stop: AbortController;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-test-'));
  configuration = new Configuration(() => {});
  configuration.set('millstream.memory', '4 gb', 'SET');
  configuration.set('io.tmp.dirs', folder, 'SET');
  stop = new AbortController();
  host = new EngineHost({
    configuration,
    workingDirectory: folder,
    jobFolder: null,
    python: null,
    onLog: () => {},
    onNote: () => {},
    signal: stop.signal,
    earlyZygotes: null,
  });
});
afterEach(async () => {
  await host.close(false);
  await rm(folder, { recursive: true, force: true });
});

describe('the engine of a session', () => {
  it('gives up workers that are starting when it is aborted', async () => {
    const { bridge } = (await host.engineFor(RELATIONAL)).engine;
    const starting = host.functionWorkers().then((workers) => workers.lease(1, []));
    const reason = new CancelledError('CANCELLED', 'Stopped.');

    stop.abort(reason);

    await expect(starting).rejects.toBeInstanceOf(CancelledError);
    await expect(host.functionWorkers()).rejects.toBe(reason);
    await bridge.abort();
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^millstream-/)]);
    await host.close(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not built anew under a plan where a statement before it still claims memory', async () => {
    host.prepare('function');
    host.planOnly = true;
    const planned = await host.functionWorkers();
    host.planOnly = false;
    await host.claimMemory();

    expect(await host.functionWorkers()).toBe(planned);
  });

  it('is built anew from settings that change between two statements', async () => {
    const before = host.resources.functionWorkerBytes(1);
    const first = await host.engineFor(RELATIONAL);
    first.release();
    configuration.set('millstream.worker.memory', '200 mb', 'SET');
    const second = await host.engineFor(RELATIONAL);
    second.release();

    expect(host.resources.functionWorkerBytes(1)).toBe(200 * 1024 * 1024);
    expect(before).not.toBe(host.resources.functionWorkerBytes(1));
    expect(second.engine.functionWorkers).not.toBe(first.engine.functionWorkers);
  });

  it('stays as it is while settings do not change, or a job still runs', async () => {
    const { engine, release } = await host.engineFor(RELATIONAL);
    configuration.set('parallelism.default', '1', 'SET');
    const during = await host.functionWorkers();
    release();
    const after = await host.functionWorkers();

    expect(during).toBe(engine.functionWorkers);
    expect(after).not.toBe(engine.functionWorkers);
    expect(host.resources.parallelism).toBe(1);
  });

  it('reserves no memory for function workers that a job does not need', async () => {
    configuration.set('millstream.memory', '700 mb', 'SET');
    configuration.set('parallelism.default', '2', 'SET');
    const { engine, release } = await host.engineFor(RELATIONAL);
    release();

    expect(engine.sizes.relationalWorkerBytes).toBe((700 - 70 - 192 - 70) * 1024 * 1024);
    await expect(host.functionWorkers()).rejects.toMatchObject({
      code: 'MEMORY_TOO_SMALL',
      message: expect.stringContaining('relational workers 333 MiB + Python workers 256 MiB'),
    });
  });

  it('gives back the memory of a job whose batches do not fit', async () => {
    configuration.set('millstream.exchange.memory', '1 mb', 'SET');
    await expect(host.engineFor(STREAMED)).rejects.toMatchObject({ code: 'EXCHANGE_TOO_SMALL' });

    const { release } = await host.engineFor(RELATIONAL);
    release();
  });

  it('needs less for batches in flight where batches have fewer rows', async () => {
    configuration.set('millstream.exchange.memory', '2 mb', 'SET');
    configuration.set('millstream.batch.rows', '1000', 'SET');

    const { engine, release } = await host.engineFor(STREAMED);
    release();

    expect(engine.sizes.bufferBytes).toBe(2 * 1024 * 1024);
  });

  it('says which option to set where its temporary folder cannot be made', async () => {
    configuration.set('io.tmp.dirs', join(folder, 'missing'), 'SET');

    await expect(host.engineFor(RELATIONAL)).rejects.toMatchObject({
      code: 'TEMPORARY_FOLDER',
      hint: "Set 'io.tmp.dirs' to a folder that exists and can be written to.",
    });
    configuration.set('io.tmp.dirs', folder, 'SET');
    (await host.engineFor(RELATIONAL)).release();
  });
});
