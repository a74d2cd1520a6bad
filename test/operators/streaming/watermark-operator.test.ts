import { expect, test } from 'vitest';
import {
  HeapState,
  type OperatorContext,
  type OperatorSurroundings,
  packedSplit,
  SchemaRegistry,
  type SqlValue,
  type StreamElement,
  types,
  type WatermarkOptions,
} from '../../../core/index.js';
import { WatermarkOperator } from '../../../operators/streaming/watermark-operator.js';
import { ManualClock, promisesSettle } from '../../support/manual-clock.js';
import { at } from './rows.js';

const TIME = types.timestampLtz(3);
const COLUMNS = [
  { name: 'c0', type: TIME },
  { name: 'c1', type: types.bigint() },
];

interface Given extends Partial<WatermarkOptions> {
  readonly isDivided?: boolean;
  readonly idleTimeoutMs?: number;
  readonly intervalMs?: number;
}

/** An operator over rows of time and split, and what it said: watermarks, `idle`, and the clock of each row. */
async function opened(given: Given, clock = new ManualClock(), state = new HeapState()) {
  const { isDivided = false, eventGap = null, intervalMs = 200, idleTimeoutMs = 0 } = given;
  const said: string[] = [];
  const emit = async (element: StreamElement) => {
    if (element.kind === 'watermark') said.push(`${element.timestampMs}${element.isIdle ? ' idle' : ''}`);
    if (element.kind === 'batch')
      said.push(
        `rows ${element.groups
          .at(-1)!
          .rows!.map(([c]) => c)
          .join(' ')}`,
      );
  };
  const saved: (Uint8Array | null)[] = [];
  const context = {
    output: { emit },
    clock,
    timers: clock,
    metrics: {},
    fail: (error: unknown) => expect.unreachable(String(error)),
    acknowledge: (_: number, snapshot: Uint8Array | null) => saved.push(snapshot),
  } as unknown as OperatorContext;
  const exchanges = [
    { id: 'in', columns: COLUMNS, groups: [[0, 1]] },
    { id: 'out', columns: [...COLUMNS, { name: 'c2', type: types.bigint() }], groups: [[0, 1], [2]] },
  ];
  const job = { graph: { exchanges }, schemas: new SchemaRegistry() } as unknown as OperatorSurroundings;
  const stage = {
    inputs: ['in'],
    output: 'out',
    keptGroups: [0],
    operator: {
      kind: 'watermark',
      of: { table: 'visits', column: 'ts' },
      rowtime: 0,
      watermark: 0,
      split: isDivided ? 1 : null,
      options: { eventGap, idleTimeoutMs: null },
      inputs: [],
      outputs: [{ kind: 'clock' }],
    },
  } as never;
  const operator = new WatermarkOperator(stage, job, state, { intervalMs, idleTimeoutMs });
  await operator.open(context);
  const rows = (...values: readonly (readonly [timeMs: number, split?: bigint])[]) => {
    const cells = values.map(([time, split]): SqlValue[] => [at(time), split ?? null]);
    const group = { rows: cells, selection: null, shared: null };
    return operator.processBatch({
      kind: 'batch',
      rows: cells.length,
      groups: [group],
      continued: false,
    } as never);
  };
  const ended = (count: number, ...splits: readonly number[]) => {
    const timestampMs = Number.NEGATIVE_INFINITY;
    return operator.processWatermark({ kind: 'watermark', timestampMs, splits: { count, ended: splits } });
  };
  return { operator, clock, said, saved, rows, ended };
}

test('a row that moves time by more than the interval does so at once, a smaller step when the interval has passed', async () => {
  const { rows, said, clock } = await opened({});
  await rows([0], [100], [300], [301]);
  clock.fireNext();
  await promisesSettle();

  expect(said).toEqual(['rows  0 0 300', '300', '301']);
});

test('a row without event time is told by its table and column', async () => {
  const { operator } = await opened({});
  const group = { rows: [[null, null]], selection: null, shared: null };
  const batch = { kind: 'batch', rows: 1, groups: [group], continued: false } as never;

  await expect(operator.processBatch(batch)).rejects.toMatchObject({
    code: 'ROWTIME_NULL',
    message: "Table visits: a row has no event time: 'ts', the column of its WATERMARK, is NULL.",
  });
});

test('on-event says time with every so many rows, and the clock of the machine has no say', async () => {
  const { rows, said, clock } = await opened({ eventGap: 2 });
  await rows([1], [2], [3], [4], [5]);

  expect(said).toEqual(['rows   2 2 4', '4']);
  expect(clock.pendingTimers).toBe(0);
});

test('time is the least over splits, and waits for one that has had no row', async () => {
  const { rows, said } = await opened({ isDivided: true, intervalMs: 0 });
  await rows([50, packedSplit(0, 2)], [60, packedSplit(0, 2)]);
  await rows([10, packedSplit(1, 2)], [55, packedSplit(1, 2)], [90, packedSplit(1, 2)]);

  expect(said).toEqual(['rows  ', 'rows  10 55', '60']);
});

test('a split that comes later holds time where it is', async () => {
  const { rows, said } = await opened({ isDivided: true, intervalMs: 0 });
  await rows([50, packedSplit(0, 1)], [60, packedSplit(0, 2)], [70, packedSplit(0, 2)]);
  await rows([65, packedSplit(1, 2)], [66, packedSplit(1, 2)]);

  expect(said).toEqual(['rows  50 50', '50', 'rows 50 65', '66']);
});

test('a split without rows for the time-out is not waited for, and is again when it has rows', async () => {
  const { rows, said, clock } = await opened({ isDivided: true, intervalMs: 0, idleTimeoutMs: 1000 });
  await rows([50, packedSplit(0, 2)]);
  clock.after(600, () => {});
  clock.fireNext();
  await rows([70, packedSplit(0, 2)]);
  clock.fireNext();
  await promisesSettle();
  expect([clock.nowMs(), said]).toEqual([1000, ['rows ', 'rows ', '70']]);

  await rows([75, packedSplit(0, 2)], [60, packedSplit(1, 2)], [80, packedSplit(0, 2)]);
  expect(said.slice(3)).toEqual(['rows 70 75 75', '75']);
});

test('a split that has ended is not waited for, also where it never had rows', async () => {
  const { rows, said, clock, ended } = await opened({ isDivided: true, intervalMs: 200 });
  await ended(3, 2);
  await rows([10, packedSplit(0, 3)], [1_000, packedSplit(1, 3)], [20, packedSplit(0, 3)]);
  await ended(3, 2, 0);
  expect(said).toEqual(['rows   10', '10']);

  clock.fireNext();
  await promisesSettle();
  await rows([2_000, packedSplit(1, 3)]);
  expect(said.slice(2)).toEqual(['1000', 'rows 1000', '2000']);
});

test('where the last split that had rows ends, and the others are silent, the source is idle', async () => {
  const { rows, said, clock, ended } = await opened({ isDivided: true, intervalMs: 0, idleTimeoutMs: 1000 });
  await rows([50, packedSplit(0, 2)]);
  clock.after(600, () => {});
  clock.fireNext();
  await rows([70, packedSplit(0, 2)]);
  clock.fireNext();
  await promisesSettle();
  await ended(2, 0);

  expect(said).toEqual(['rows ', 'rows ', '70', '70 idle']);
});

test('a source without rows for the time-out says that it is idle, and that it is not before its next rows', async () => {
  const { rows, said, clock } = await opened({ intervalMs: 0, idleTimeoutMs: 1000 });
  await rows([50]);
  clock.fireNext();
  await promisesSettle();
  await rows([60]);

  expect(said).toEqual(['rows ', '50', '50 idle', '50', 'rows 50', '60']);
});

test('restored it knows how far time was in each split', async () => {
  const before = await opened({ isDivided: true, intervalMs: 0 });
  await before.rows([50, packedSplit(0, 2)], [40, packedSplit(1, 2)]);
  await before.operator.snapshot({ kind: 'barrier', checkpointId: 1, isLast: false });
  const restored = new HeapState(before.saved[0]!);
  const { rows, said } = await opened({ isDivided: true, intervalMs: 0 }, new ManualClock(), restored);
  await rows([60, packedSplit(1, 2)]);

  expect([before.said.slice(0, 2), said]).toEqual([
    ['rows  ', '40'],
    ['rows 40', '50'],
  ]);
});
