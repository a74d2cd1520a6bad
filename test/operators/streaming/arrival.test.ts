import { expect, test } from 'vitest';
import { HeapState, type StreamFrame, types } from '../../../core/index.js';
import { OverAggregate } from '../../../operators/streaming/over-aggregate.js';
import { Rank } from '../../../operators/streaming/rank.js';
import { TimeSort } from '../../../operators/streaming/time-sort.js';
import { APPENDING, callOf, type Event, run } from './rows.js';

// Rows: key, value.
const sumOver = (frame: StreamFrame, state = new HeapState()) =>
  new OverAggregate(
    {
      kind: 'over',
      keys: [0],
      time: null,
      calls: [{ ...callOf('SUM', 1), frame }],
      inputs: [APPENDING],
      outputs: [],
    },
    state,
  );
const batch = (ms: number, ...rows: readonly (readonly [string, bigint])[]): Event[] => [
  { batchAt: ms },
  ...rows.map((row): Event => ['+I', row]),
];
const HOUR = { unit: 'RANGE', preceding: 10 } as const;

test('a frame of rows is said for each row as it comes', () => {
  const rows = [...batch(5, ['a', 1n], ['b', 7n], ['a', 2n]), ...batch(5, ['a', 4n])];
  expect(run(sumOver({ unit: 'ROWS', preceding: null }), rows)).toEqual([
    '+I [a 1] = [1]',
    '+I [b 7] = [7]',
    '+I [a 2] = [3]',
    '+I [a 4] = [7]',
  ]);
  expect(run(sumOver({ unit: 'ROWS', preceding: 1 }), rows).at(-1)).toBe('+I [a 4] = [6]');
});

test('a frame of time waits until the millisecond is over, whose rows are peers', () => {
  const over = sumOver(HOUR);
  expect(run(over, [...batch(5, ['a', 1n]), ...batch(5, ['a', 2n])])).toEqual([]);
  expect(over.wakeAt()).toBe(6);
  expect(run(over, [{ clock: 6 }])).toEqual(['+I [a 1] = [3]', '+I [a 2] = [3]']);
  expect(run(over, [...batch(15, ['a', 4n]), ...batch(16, ['a', 8n])])).toEqual(['+I [a 4] = [7]']);
  expect(run(over, [{ watermark: Number.POSITIVE_INFINITY }])).toEqual(['+I [a 8] = [12]']);
});

test('what waits goes out before a watermark, and no row is late for it', () => {
  const rows = [...batch(5, ['a', 1n]), { watermark: 99 }, ...batch(5, ['a', 2n]), { clock: 6 }];
  expect(run(sumOver(HOUR), rows)).toEqual(['+I [a 1] = [1]', '+I [a 2] = [3]']);
});

test('a clock that is put back makes no row late', () => {
  const rows = [...batch(5, ['a', 1n]), { clock: 6 }, ...batch(2, ['a', 2n]), { clock: 3 }, { clock: 7 }];
  expect(run(sumOver(HOUR), rows)).toEqual(['+I [a 1] = [1]', '+I [a 2] = [3]']);
});

test('a partition is forgotten when no frame of time can reach its rows', () => {
  const over = sumOver(HOUR);
  expect(run(over, [...batch(0, ['a', 1n]), { clock: 1 }])).toEqual(['+I [a 1] = [1]']);
  expect(over.wakeAt()).toBe(17);
  expect(run(over, [{ clock: 17 }])).toEqual([]);
  expect(over.wakeAt()).toBe(Number.POSITIVE_INFINITY);
});

test('rows that wait are in a checkpoint with the time at which they came', () => {
  const state = new HeapState();
  run(sumOver(HOUR, state), batch(5, ['a', 1n], ['a', 2n]));

  const restored = sumOver(HOUR, new HeapState(state.snapshot()));

  expect(restored.wakeAt()).toBe(6);
  expect(run(restored, batch(30, ['a', 4n]))).toEqual(['+I [a 1] = [3]', '+I [a 2] = [3]']);
});

test('rows of one millisecond are sorted by the keys behind processing time', () => {
  const order = [{ column: 1, type: types.bigint(), descending: true, nullsFirst: false }];
  const sort = new TimeSort({ kind: 'sort', time: null, order, inputs: [APPENDING], outputs: [] });
  expect(
    run(sort, [...batch(5, ['a', 1n], ['b', 2n]), ...batch(6, ['c', 9n], ['d', 3n], ['e', 4n])]),
  ).toEqual(['+I [b 2]', '+I [a 1]']);
  expect(sort.wakeAt()).toBe(7);
  expect(run(sort, [{ clock: 7 }])).toEqual(['+I [c 9]', '+I [e 4]', '+I [d 3]']);
});

test('of rows that are equal by a value the last that came is the first where processing time is descending', () => {
  const order = [{ column: 1, type: types.bigint(), descending: false, nullsFirst: false }];
  const outputs = [{ kind: 'result', result: 0 }] as const;
  const rank = (isLatestFirst: boolean) =>
    new Rank({
      kind: 'rank',
      keys: [],
      order,
      from: 1,
      to: 1,
      isLatestFirst,
      windowTime: null,
      inputs: [APPENDING],
      outputs,
    });
  const rows = [...batch(5, ['a', 2n], ['b', 1n], ['c', 1n]), 'flush' as const];
  expect([run(rank(true), rows), run(rank(false), rows)]).toEqual([['+I [c 1] = [1]'], ['+I [b 1] = [1]']]);
});

test('a frame that begins with the first row keeps no rows', () => {
  const stateAfter = (frame: StreamFrame, rows: number) => {
    const state = new HeapState();
    const row = (i: number): readonly [string, bigint] => ['a', BigInt(i % 9)];
    run(sumOver(frame, state), batch(5, ...Array.from({ length: rows }, (_, i) => row(i))));
    return state.snapshot().length;
  };
  const whole = { unit: 'ROWS', preceding: null } as const;
  expect(stateAfter(whole, 1_000)).toBeLessThan(stateAfter(whole, 1) + 20);
  expect(stateAfter({ unit: 'ROWS', preceding: 1_000 }, 1_000)).toBeGreaterThan(10_000);
});
