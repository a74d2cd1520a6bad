import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Bridge, type BridgeOptions, type FunctionStageHandle, type Worker } from '../../../bridge/index.js';
import { memoryFileSystem } from '../../../bridge/shared-memory/memory-file-system.js';
import { type Batch, loadGroup, releaseGroups } from '../../../core/index.js';
import { held } from '../../support/held-parts.js';
import { readGroup } from '../support/arrow.js';
import { bridgeOptions, fixtureFolder, workerSpec } from '../support/bridge-options.js';
import { queryStage, scalarStage } from '../support/stages.js';

const ROWS = 16_384;
/** Few batches are under way while an arena grows. */
const WINDOW_BYTES = 1 << 20;
/** Batches of the scan in `scan`; two columns of doubles each. */
const BATCHES = 40;
const temporaryDirectory = mkdtempSync(join(tmpdir(), 'millstream-test-'));
const options = bridgeOptions({ sharedMemoryBytes: 64 << 20 });
const hasMemory = (memoryFileSystem('/dev/shm') ?? 0) >= 128 << 20;

let bridge: Bridge;
afterEach(() => bridge.close());
afterAll(() => rmSync(temporaryDirectory, { recursive: true }));

function start(changes: Partial<BridgeOptions> = {}): void {
  bridge = Bridge.start({ ...options, ...changes });
}

function relationalWorker(): Promise<Worker> {
  return bridge.startWorker(workerSpec({ kind: 'relational', name: 'scan', memoryBytes: 512 << 20 }));
}

/** Rows a = 0, 1, 2, … and b = 2 a. */
async function* scan(worker: Worker): AsyncGenerator<Batch> {
  const stage = await worker.openRelationalStage(
    queryStage({
      sql: `SELECT range::DOUBLE AS a, 2 * range::DOUBLE AS b FROM range(${BATCHES * ROWS})`,
      output: ['a', 'b'].map((name) => ({ name, type: 'DOUBLE' })),
      groups: [[0, 1]],
      batchRows: ROWS,
      temporaryDirectory,
    }),
    WINDOW_BYTES,
  );
  yield* stage.batches();
  await stage.close();
}

async function functionStage(name: string): Promise<{ worker: Worker; stage: FunctionStageHandle }> {
  const worker = await bridge.startWorker(workerSpec({ name }));
  await worker.loadFunctions([fixtureFolder], [{ name, target: `functions.${name}` }]);
  return { worker, stage: await worker.openFunctionStage(scalarStage(name)) };
}

function bundle(batch: Batch, sequence: number) {
  return { sequence, rows: batch.rows, groups: batch.groups, continued: false };
}

function column(group: Batch['groups'][number]): Float64Array {
  return readGroup(options.schemas, loadGroup(group)).getChildAt(0)!.toArray() as Float64Array;
}

function files(): string[] {
  return readdirSync(bridge.sharedMemoryFolder!).sort();
}

describe.runIf(hasMemory)('batches in shared memory', () => {
  it('go from worker to worker, and back to the core where it reads them', async () => {
    start();
    const { stage } = await functionStage('add');
    let shared = 0;
    let sequence = 0;

    for await (const batch of scan(await relationalWorker())) {
      const { batches } = await stage.process(bundle(batch, sequence));
      const result = held(batches)[0]!.group!;
      const values = column(result);
      expect(values.length).toBe(batch.rows);
      expect([values[0], values.at(-1)]).toEqual([3 * sequence * ROWS, 3 * ((sequence + 1) * ROWS - 1)]);
      shared += Number(batch.groups[0]!.shared !== null) + Number(result.shared !== null);
      releaseGroups([...batch.groups, result]);
      sequence += 1;
    }

    expect(sequence).toBe(BATCHES);
    // The first few of each worker, before its arena has grown, come through the sockets.
    expect(shared).toBeGreaterThan(BATCHES);
  });

  it('go on to another relational worker, whose credits are charged for all of them', async () => {
    start();
    const sum = await (await relationalWorker()).openRelationalStage(
      queryStage({
        stage: 'sum',
        sql: 'SELECT sum(a) AS s FROM input_0',
        inputs: [['a', 'b'].map((name) => ({ name, type: 'DOUBLE' }))],
        output: [{ name: 's', type: 'DOUBLE' }],
        temporaryDirectory,
      }),
    );

    for await (const batch of scan(await relationalWorker())) {
      await sum.send(0, batch);
      releaseGroups(batch.groups);
    }
    await sum.endInput(0);
    const { value: result } = await sum.batches().next();

    const rows = BATCHES * ROWS;
    expect(column(result!.groups[0]!)[0]).toBe((rows * (rows - 1)) / 2);
    await sum.close();
  });

  it('are not overwritten while a function keeps them, whatever else is sent', async () => {
    start();
    const { stage } = await functionStage('keep');
    let sequence = 0;

    for await (const batch of scan(await relationalWorker())) {
      const { batches } = await stage.process(bundle(batch, sequence));
      // The function answers with the number of kept batches that are no longer as they were.
      expect(column(held(batches)[0]!.group!)[0]).toBe(0);
      releaseGroups([...batch.groups, held(batches)[0]!.group!]);
      sequence += 1;
    }

    expect(sequence).toBe(BATCHES);
  });

  it('come through the sockets where their arena is full, and none is lost', async () => {
    start({ sharedMemoryBytes: 16 << 20 });
    const kept: Batch[] = [];

    for await (const batch of scan(await relationalWorker())) kept.push(batch);

    const firsts = kept.map((batch) => column(batch.groups[0]!)[0]);
    expect(firsts).toEqual(kept.map((_, i) => i * ROWS));
    const shared = kept.filter(({ groups }) => groups[0]!.shared !== null).length;
    expect(shared).toBeGreaterThan(0);
    // 256 KiB each, in an arena of 4 MiB at most.
    expect(shared).toBeLessThanOrEqual(16);
    for (const { groups } of kept) releaseGroups(groups);
  });

  it('outlive the worker that wrote them, until nobody holds them', async () => {
    start();
    const worker = await relationalWorker();
    const kept: Batch[] = [];
    for await (const batch of scan(worker)) kept.push(batch);

    await worker.kill({ kind: 'cancelled' });

    expect(files()).toEqual([worker.id]);
    expect(column(kept.at(-1)!.groups[0]!)[0]).toBe((BATCHES - 1) * ROWS);
    for (const { groups } of kept) releaseGroups(groups);
    expect(files()).toEqual([]);
  });

  it('are let go of by a worker that is killed', async () => {
    start();
    const { worker, stage } = await functionStage('keep');
    const scanner = await relationalWorker();
    let sequence = 0;
    for await (const batch of scan(scanner)) {
      const { batches } = await stage.process(bundle(batch, sequence++));
      releaseGroups([...batch.groups, held(batches)[0]!.group!]);
    }
    await scanner.kill({ kind: 'cancelled' });
    expect(files()).toContain(scanner.id);

    await worker.kill({ kind: 'cancelled' });

    expect(files()).toEqual([]);
  });

  it('may not be used after they were released', async () => {
    start();
    const kept: Batch[] = [];
    for await (const batch of scan(await relationalWorker())) kept.push(batch);
    const { groups } = kept.find((batch) => batch.groups[0]!.shared !== null)!;

    releaseGroups(groups);

    expect(() => loadGroup(groups[0]!)).toThrow(expect.objectContaining({ code: 'SHARED_RELEASED' }));
    expect(() => releaseGroups(groups)).toThrow('used after it had been released');
  });

  it('leave no file behind when their bridge closes', async () => {
    start();
    for await (const batch of scan(await relationalWorker())) void batch;
    const folder = bridge.sharedMemoryFolder!;
    expect(files()).toHaveLength(1);

    await bridge.close();

    expect(existsSync(folder)).toBe(false);
  });
});

describe('without a file system in memory', () => {
  it.each([
    ['there is none', { sharedMemoryFolders: ['/nowhere'] }],
    ['it is on a disk', { sharedMemoryFolders: ['/proc'] }],
    ['it is too small', { sharedMemoryBytes: 8 << 20 }],
    ['it is switched off', { sharedMemoryBytes: 0 }],
  ])('a bridge shares nothing: %s', (_, changes) => {
    start(changes);

    expect(bridge.sharedMemoryFolder).toBeNull();
  });

  it('batches come through the sockets', async () => {
    start({ sharedMemoryFolders: ['/nowhere'] });
    let rows = 0;

    for await (const { groups, rows: more } of scan(await relationalWorker())) {
      expect(groups[0]!.shared).toBeNull();
      rows += more;
    }

    expect(rows).toBe(BATCHES * ROWS);
  });
});
