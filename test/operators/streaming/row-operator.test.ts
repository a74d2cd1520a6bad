import { expect, test } from 'vitest';
import {
  HeapState,
  type OperatorContext,
  type OperatorSurroundings,
  plain,
  SchemaRegistry,
  type StateStore,
} from '../../../core/index.js';
import type { SnapshotPieces, SnapshotState } from '../../../core/runtime/operator.js';
import { SteppedMap } from '../../../core/state/stepped-map.js';
import { RowOperator } from '../../../operators/streaming/row-operator.js';
import { ManualClock } from '../../support/manual-clock.js';

const JOB = {
  graph: { exchanges: [{ id: 'in' }, { id: 'out', columns: [] }] },
  schemas: new SchemaRegistry(),
  restored: null,
} as unknown as OperatorSurroundings;
const STAGE = {
  inputs: ['in'],
  output: 'out',
  operator: { kind: 'union', columns: [], inputs: [{ change: null, clock: null }], outputs: [] },
} as const;

test('state may be put away whenever an operator has finished: also after time or the clock has moved on', async () => {
  const clock = new ManualClock();
  const emitted: string[] = [];
  const context = {
    output: { emit: async ({ kind }: { readonly kind: string }) => void emitted.push(kind) },
    clock,
    timers: clock,
    metrics: {},
    fail: (error: unknown) => expect.unreachable(String(error)),
  } as unknown as OperatorContext;
  let times = 0;
  const store = { betweenBatches: () => times++, close: async () => {} } as unknown as StateStore;
  let wakeAt = 5;
  const wakes = {
    process: () => {},
    wakeAt: () => wakeAt,
    wake: () => {
      wakeAt = Number.POSITIVE_INFINITY;
    },
  };
  const operator = new RowOperator(STAGE, JOB, wakes, new HeapState(null, null, store));
  await operator.open(context);

  await operator.processWatermark({ kind: 'watermark', timestampMs: 1 });
  expect(times).toBe(1);
  clock.fireNext();
  await operator.endInput(0);
  expect(times).toBe(2);
  await operator.close();
  expect(emitted).toEqual(['watermark']);
});

test('its state is closed also where those that it asks fail to close', async () => {
  const closed: string[] = [];
  const store = { close: async () => void closed.push('state') } as unknown as StateStore;
  const outside = {
    open: async () => {},
    close: () => Promise.reject(new Error('The workers have gone.')),
    isWorking: () => false,
    whyNotAgain: () => null,
  };
  const operator = new RowOperator(
    STAGE,
    JOB,
    { process: () => {} },
    new HeapState(null, null, store),
    outside,
  );

  await expect(operator.close()).rejects.toThrow('The workers have gone.');
  expect(closed).toEqual(['state']);
});

test('a stage that has ended keeps its store until the checkpoint has its state', async () => {
  const timers = new ManualClock();
  let ns = 0n;
  // Each look at the time is a turn later.
  const clock = { nowMs: () => 0, monotonicNs: () => (ns += 10n ** 9n) };
  let snapshot: SnapshotState = null;
  const context = {
    output: { emit: async () => {} },
    clock,
    timers,
    signal: new AbortController().signal,
    acknowledge: (_id: number, state: SnapshotState) => {
      snapshot = state;
    },
  } as unknown as OperatorContext;
  const closed: string[] = [];
  const map = new SteppedMap();
  const store = { keyed: () => map, close: async () => void closed.push('state') } as unknown as StateStore;
  const state = new HeapState(null, null, store);
  const things = state.keyed<number>('things', plain<number>());
  for (let i = 0; i < 1_000; i++) things.set(String(i), i);
  const operator = new RowOperator(STAGE, JOB, { process: () => {} }, state);
  await operator.open(context);
  await operator.snapshot({ kind: 'barrier', checkpointId: 1, isLast: false });

  const closing = operator.close();
  await new Promise(setImmediate);
  expect(closed).toEqual([]);
  (snapshot as unknown as SnapshotPieces).discard();
  await closing;

  expect(closed).toEqual(['state']);
});
