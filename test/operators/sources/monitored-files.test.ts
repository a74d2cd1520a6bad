import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Barrier, Batch, OperatorContext, StageMetrics, StreamElement } from '../../../core/index.js';
import { MonitoredFiles, type OpenOver } from '../../../operators/sources/monitored-files.js';
import { ManualClock, promisesSettle } from '../../support/manual-clock.js';

const INTERVAL_MS = 500;
const BARRIER: Barrier = { kind: 'barrier', checkpointId: 1, isLast: false };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitored-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of so many rows. */
function put(name: string, rows: number, second: number): void {
  writeFileSync(join(folder, name), String(rows));
  utimesSync(join(folder, name), second, second);
}

/** A source over the folder, whose queries are answered with a batch for each row. */
function sourceOf(state: Uint8Array | null = null) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const queries: { readonly files: readonly string[]; readonly before: number }[] = [];
  const states: (Uint8Array | null)[] = [];
  const elements: StreamElement[] = [];
  let onBatch = (_count: number): void => {};
  const openOver: OpenOver = (files, before) => async () => {
    queries.push({ files: files.map((path) => basename(path)), before });
    const rows = files.length * 2 - before;
    async function* batches() {
      for (let i = 0; i < rows; i++) {
        const batch: Batch = { kind: 'batch', rows: 1, groups: [], continued: false };
        yield batch;
      }
    }
    const stage = { batches, statistics: Promise.resolve({ written: 0 }), cancel: async () => {} };
    return { worker: { progress: () => null }, stage, close: async () => {} } as unknown as Awaited<
      ReturnType<ReturnType<OpenOver>>
    >;
  };
  const scan = { table: 't', path: folder, format: 'csv', monitorMs: INTERVAL_MS };
  const source = new MonitoredFiles(scan, openOver, state);
  const context = {
    signal: stop.signal,
    clock,
    timers: clock,
    metrics: { rowsOut: 0 } as StageMetrics,
    output: {
      emit: async (element: StreamElement) => {
        elements.push(element);
        if (element.kind === 'batch') onBatch(elements.filter(({ kind }) => kind === 'batch').length);
      },
    },
    acknowledge: (_id: number, own: Uint8Array | null) => states.push(own),
  } as unknown as OperatorContext;
  return {
    source,
    context,
    clock,
    stop,
    queries,
    states,
    elements,
    whenBatch: (listener: (count: number) => void) => {
      onBatch = listener;
    },
  };
}

it('each file of a monitored folder is read once, the older first, and those that come later when the interval has passed', async () => {
  put('b.csv', 2, 10);
  put('a.csv', 2, 20);
  put('.hidden', 2, 5);
  const { source, context, clock, stop, queries, elements } = sourceOf();

  await source.open(context);
  const run = source.run();
  await promisesSettle();
  put('c.csv', 2, 15);
  expect(queries).toHaveLength(1);
  clock.fireNext();
  expect(clock.nowMs()).toBe(INTERVAL_MS);
  await promisesSettle();
  stop.abort();
  await run;

  expect(queries).toEqual([
    { files: ['b.csv', 'a.csv'], before: 0 },
    { files: ['c.csv'], before: 0 },
  ]);
  expect(elements).toHaveLength(6);
});

it('a monitored folder goes on from a checkpoint behind the rows that had gone out', async () => {
  put('a.csv', 2, 10);
  put('b.csv', 2, 20);
  const first = sourceOf();
  await first.source.open(first.context);
  let snapshot: Promise<void> | null = null;
  first.whenBatch((count) => {
    if (count === 3) snapshot = first.source.snapshot(BARRIER);
  });
  const run = first.source.run();
  await promisesSettle();
  await snapshot;
  first.stop.abort();
  await run;
  put('c.csv', 2, 30);

  const second = sourceOf(first.states[0]!);
  await second.source.open(second.context);
  const again = second.source.run();
  await promisesSettle();
  second.stop.abort();
  await again;

  expect(first.elements.map(({ kind }) => kind)).toEqual(['batch', 'batch', 'batch', 'barrier', 'batch']);
  expect(second.queries).toEqual([
    { files: ['a.csv', 'b.csv'], before: 3 },
    { files: ['c.csv'], before: 0 },
  ]);
  expect(second.elements).toHaveLength(3);
});

it('a file that is not as it was at the checkpoint is told by its name', async () => {
  put('a.csv', 2, 10);
  const first = sourceOf();
  await first.source.open(first.context);
  let snapshot: Promise<void> | null = null;
  first.whenBatch(() => {
    snapshot ??= first.source.snapshot(BARRIER);
  });
  const run = first.source.run();
  await promisesSettle();
  await snapshot;
  first.stop.abort();
  await run;
  put('a.csv', 20, 11);

  const second = sourceOf(first.states[0]!);
  await expect(second.source.open(second.context)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
});

it('a folder that is not there is told', async () => {
  const { source, context } = sourceOf();
  rmSync(folder, { recursive: true });
  await source.open(context);

  await expect(source.run()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});
