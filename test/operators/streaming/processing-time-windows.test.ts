import { expect, test } from 'vitest';
import {
  HeapState,
  type OperatorContext,
  type OperatorSurroundings,
  SchemaRegistry,
} from '../../../core/index.js';
import { Arrival } from '../../../operators/streaming/arrival.js';
import type { Collector, Row } from '../../../operators/streaming/row-function.js';
import { RowOperator } from '../../../operators/streaming/row-operator.js';
import { ManualClock } from '../../support/manual-clock.js';

/** What a row is given: when it came, and the time before it. */
function stamps(arrival: Arrival, batches: readonly number[]): string[] {
  const given: string[] = [];
  const out = {
    emit: (_change: number, _rows: readonly (Row | null)[], [came]: Row, clockMs: number) =>
      given.push(`${came} after ${clockMs}`),
    late: () => expect.unreachable(),
  } as unknown as Collector;
  for (const nowMs of batches) {
    arrival.beginBatch(nowMs);
    arrival.process([1n], 0, 0, out);
  }
  return given;
}

test('a row is of the moment at which it came, and time is before that millisecond', () => {
  expect(stamps(new Arrival(), [7, 7, 9])).toEqual(['7000 after 6', '7000 after 6', '9000 after 8']);
});

test('a clock that is put back stands still, also over a restart', () => {
  const state = new HeapState();
  stamps(new Arrival(state), [9, 4]);

  expect(stamps(new Arrival(new HeapState(state.snapshot())), [5, 12])).toEqual([
    '9000 after 8',
    '12000 after 11',
  ]);
});

test('time goes on by the clock where no rows come, and ends with the input', async () => {
  const clock = new ManualClock();
  const said: number[] = [];
  const context = {
    output: { emit: async (message: { timestampMs: number }) => void said.push(message.timestampMs) },
    clock,
    timers: clock,
    metrics: {},
    fail: (error: unknown) => expect.unreachable(String(error)),
  } as unknown as OperatorContext;
  const job = {
    graph: { exchanges: [{ id: 'in' }, { id: 'out', columns: [] }] },
    schemas: new SchemaRegistry(),
    restored: null,
  } as unknown as OperatorSurroundings;
  const stage = {
    inputs: ['in'],
    output: 'out',
    operator: { kind: 'arrival', inputs: [{ change: null, clock: null }], outputs: [] },
  } as const;
  const operator = new RowOperator(stage, job, new Arrival(), new HeapState());
  await operator.open(context);

  clock.fireNext();
  // Whatever is behind the turn of the clock comes after it.
  await operator.processWatermark({ kind: 'watermark', timestampMs: 5 });
  clock.fireNext();
  await operator.processWatermark({ kind: 'watermark', timestampMs: Number.POSITIVE_INFINITY });
  await operator.close();

  expect(said.map((ms) => ms + 1)).toEqual([100, 200, Number.POSITIVE_INFINITY]);
});
