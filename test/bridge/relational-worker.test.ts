import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  Bridge,
  type OpenRelationalStage,
  type RelationalStageHandle,
  type Worker,
} from '../../bridge/index.js';
import { type Batch, BatchEncoder, type ColumnGroup } from '../../core/index.js';
import { columnGroup, readGroup } from './support/arrow.js';
import { bridgeOptions, workerSpec } from './support/bridge-options.js';
import { queryStage } from './support/stages.js';

const options = bridgeOptions();
const temporaryDirectory = mkdtempSync(join(tmpdir(), 'millstream-test-'));
const X = { name: 'x', type: 'DOUBLE' };
const Y = { name: 'y', type: 'DOUBLE' };
const DOUBLE = { kind: 'DOUBLE', nullable: true } as const;

let bridge: Bridge;
beforeAll(() => {
  bridge = Bridge.start(options);
});
afterAll(async () => {
  await bridge.close();
  rmSync(temporaryDirectory, { recursive: true });
});

let worker: Worker | undefined;
afterEach(() => worker?.stop());

async function open(
  changes: Partial<OpenRelationalStage>,
  windowBytes?: number,
): Promise<RelationalStageHandle> {
  worker = await bridge.startWorker(
    workerSpec({ kind: 'relational', name: 'query', memoryBytes: 512 << 20 }),
  );
  return worker.openRelationalStage(queryStage({ temporaryDirectory, ...changes }), windowBytes);
}

function batch(...values: number[]): Batch {
  const group = columnGroup(options.schemas, { x: Float64Array.from(values) });
  return { kind: 'batch', rows: values.length, groups: [group], continued: false };
}

async function collect(stage: RelationalStageHandle): Promise<Batch[]> {
  const batches = [];
  for await (const next of stage.batches()) {
    batches.push(next);
  }
  return batches;
}

function numbers(group: ColumnGroup, column = 0): number[] {
  return Array.from(readGroup(options.schemas, group).getChildAt(column)!.toArray() as Float64Array);
}

describe('a relational worker', () => {
  it('runs a query and gives its columns in the groups that were asked for', async () => {
    const stage = await open({
      sql: 'SELECT i::DOUBLE AS x, i * 2.0::DOUBLE AS y FROM range(10) t(i)',
      output: [X, Y],
      groups: [[1], [0]],
      batchRows: 4,
    });

    const batches = await collect(stage);

    expect(batches.map(({ rows }) => rows)).toEqual([4, 4, 2]);
    expect(batches.flatMap(({ groups }) => numbers(groups[0]!))).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(batches.flatMap(({ groups }) => numbers(groups[1]!))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await stage.statistics).toMatchObject({ rows: 10, batches: 3, written: 0 });
  });

  it('reads its inputs as they come, selections applied', async () => {
    const stage = await open({
      sql: 'SELECT sum(x) AS x FROM input_0',
      inputs: [[X]],
      output: [X],
    });
    const [selected] = batch(1, 100, 1_000).groups;
    const part: Batch = { ...batch(), rows: 2, groups: [{ ...selected!, selection: Int32Array.of(1, 1) }] };

    expect(await stage.send(0, batch(5, 6))).toBe(0);
    expect(await stage.send(0, part)).toBe(1);
    await stage.endInput(0);

    const [result] = await collect(stage);
    expect(numbers(result!.groups[0]!)).toEqual([211]);
  });

  it('loses nothing where its window is smaller than a batch', async () => {
    const rows = 200_000;
    const stage = await open(
      { sql: 'SELECT x + 1 AS x FROM input_0', inputs: [[X]], output: [X], batchRows: 50_000 },
      1_000,
    );

    const [batches] = await Promise.all([
      collect(stage),
      (async () => {
        for (let i = 0; i < 20; i++) {
          await stage.send(0, batch(...new Array<number>(rows / 20).fill(i)));
        }
        await stage.endInput(0);
      })(),
    ]);

    const values = batches.flatMap(({ groups }) => numbers(groups[0]!));
    expect(values).toHaveLength(rows);
    expect(values).toEqual(Array.from({ length: rows }, (_, row) => Math.floor(row / (rows / 20)) + 1));
  });

  it('takes rows that the core made beyond its window: what they were charged for is granted anew', async () => {
    const made = new BatchEncoder([{ name: 'x', type: DOUBLE }], options.schemas);
    const rows = made.rows(Array.from({ length: 100_000 }, () => [1]));
    const batches = 45;
    const stage = await open({ sql: 'SELECT sum(x) AS x FROM input_0', inputs: [[X]], output: [X] });

    for (let i = 0; i < batches; i++) await stage.send(0, rows);
    await stage.endInput(0);

    const [result] = await collect(stage);
    expect(numbers(result!.groups[0]!)).toEqual([batches * rows.rows]);
  });

  it('answers each batch by itself where the query is per batch', async () => {
    const stage = await open({
      sql: 'SELECT x FROM input_0 WHERE x > 1',
      inputs: [[X]],
      output: [X],
      perBatch: true,
    });
    const output = stage.batches();

    for (const [sequence, values, kept] of [
      [0, [1, 2, 3], [2, 3]],
      [1, [0, 0], []],
      [2, [7], [7]],
    ] as const) {
      expect(await stage.send(0, batch(...values))).toBe(sequence);
      const { value } = await output.next();
      expect(value.sequence).toBe(sequence);
      expect(numbers(value.groups[0])).toEqual(kept);
    }
    await stage.endInput(0);
    expect((await output.next()).done).toBe(true);
  });

  it('lets senders go when the query needs no more input', async () => {
    const stage = await open({ sql: 'SELECT x FROM input_0 LIMIT 1', inputs: [[X]], output: [X] });

    const sends = Array.from({ length: 40 }, () =>
      stage.send(0, batch(...new Array<number>(20_000).fill(1))),
    );
    const batches = await collect(stage);
    await Promise.all(sends);
    await stage.endInput(0);

    expect(batches.map(({ rows }) => rows)).toEqual([1]);
  });

  it('fails with the error of the query', async () => {
    const stage = await open({ sql: "SELECT x FROM read_parquet('missing.parquet')", output: [X] });

    await expect(stage.batches().next()).rejects.toMatchObject({
      name: 'SourceError',
      message: expect.stringContaining('missing.parquet'),
      details: { stage: 'query', worker: worker!.id },
    });
    await expect(stage.statistics).rejects.toMatchObject({ name: 'SourceError' });
    await stage.close();
  });

  it('can be cancelled while it runs, and is free for another stage', async () => {
    const stage = await open({
      sql: 'SELECT count(*)::DOUBLE AS x FROM range(1000000) a, range(1000000) b',
      output: [X],
    });
    const reading = stage.batches().next();
    reading.catch(() => undefined);

    await stage.cancel();

    await expect(reading).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(stage.statistics).rejects.toMatchObject({ name: 'CancelledError' });
    const next = await worker!.openRelationalStage(
      queryStage({ sql: 'SELECT 1.0::DOUBLE AS x', output: [X], temporaryDirectory }),
    );
    expect(numbers((await collect(next))[0]!.groups[0]!)).toEqual([1]);
  });

  it('has its stage fail with the verdict when it is killed', async () => {
    const stage = await open({ sql: 'SELECT x FROM input_0', inputs: [[X]], output: [X] });
    const reading = stage.batches().next();
    reading.catch(() => undefined);

    process.kill(worker!.pid, 'SIGKILL');

    await expect(reading).rejects.toMatchObject({
      code: 'WORKER_KILLED',
      message: expect.stringContaining('while it ran a query in stage query'),
    });
    await expect(stage.endInput(0)).rejects.toBe(await worker!.ended);
  });
});
