import { expect, test } from 'vitest';
import { HeapState, type OverStream, types } from '../../../core/index.js';
import { AccumulateOver } from '../../../operators/streaming/python/accumulate-over.js';
import type { GroupRows } from '../../../operators/streaming/python/grouped-rows.js';
import type { Collector, Row } from '../../../operators/streaming/row-function.js';
import { APPENDING, at, callOf } from './rows.js';

// Rows: key, time, value. The first call has a shorter frame than the second.
const call = (name: string, preceding: number) => ({
  function: name,
  arguments: [{ kind: 'column', column: 2, type: types.bigint() } as const],
  argumentNames: [null],
  distinct: false,
  filter: null,
  type: types.bigint(),
  frame: { unit: 'ROWS', preceding } as const,
});
const STREAM = {
  kind: 'over',
  operator: {
    kind: 'accumulate_over',
    keys: [0],
    time: 1,
    calls: [{ ...callOf('COUNT', null), frame: { unit: 'ROWS', preceding: 2 } }],
    python: [call('near', 1), call('far', 2)],
    inputs: [APPENDING],
    outputs: [],
  },
  copied: [{ from: 2, to: 0 }],
} as unknown as OverStream;

/** Answers with the sum of the values that count for each call. */
const sums = async (groups: readonly GroupRows[]) =>
  groups.map(({ pieces: [rows] }) => ({
    values: [
      [0, 1].map((place) =>
        rows!.reduce((sum, { values, counted }) => sum + (counted[place] ? (values[0] as bigint) : 0n), 0n),
      ),
    ],
    accumulators: [null, null],
  }));

const batches = async (over: AccumulateOver, ...given: readonly (readonly Row[] | number)[]) => {
  const lines: string[] = [];
  const out: Collector = {
    emit: (_, [row], results, clockMs) => lines.push(`${row![0]}${row![2]}: ${results} after ${clockMs}`),
    late: () => lines.push('late'),
  };
  for (const item of given) {
    if (typeof item === 'number') over.advance(item, out);
    else for (const row of item) over.process(row, 0, 0, out);
    await over.endBatch(out);
  }
  return lines;
};

const row = (key: string, ms: number, value: bigint): Row => [key, at(ms), value];

test('each call is given the rows of its own frame, in the order of time', async () => {
  const lines = await batches(
    new AccumulateOver(STREAM, sums),
    [row('a', 3, 5n), row('a', 1, 5n), row('b', 2, 7n), row('a', 2, 1n)],
    10,
    [row('a', 11, 2n), row('a', 9, 100n)],
    [row('a', 3, 100n)],
    20,
  );

  expect(lines).toEqual([
    'a5: 1,5,5 after -Infinity',
    'b7: 1,7,7 after -Infinity',
    'a1: 2,6,6 after -Infinity',
    'a5: 3,6,11 after -Infinity',
    'late',
    'a100: 3,105,106 after 10',
    'a2: 3,102,107 after 10',
  ]);
});

test('goes on from a checkpoint with the rows that frames still reach', async () => {
  const state = new HeapState();
  await batches(
    new AccumulateOver(STREAM, sums, state),
    [row('a', 1, 1n), row('a', 2, 2n), row('a', 5, 4n)],
    3,
  );

  const restored = new AccumulateOver(STREAM, sums, new HeapState(state.snapshot()));

  expect(await batches(restored, [row('a', 6, 8n)], 9)).toEqual([
    'a4: 3,6,7 after -Infinity',
    'a8: 3,12,14 after -Infinity',
  ]);
});
