import { expect, test } from 'vitest';
import { HeapState } from '../../../core/index.js';
import { UpsertConflicts } from '../../../operators/streaming/upsert-conflicts.js';
import { changing, type Event, run } from './rows.js';

// Rows: primary key, value.
const specOf = (fails: boolean) =>
  ({
    kind: 'conflict',
    keys: [0],
    names: ['k'],
    table: 'up',
    fails,
    inputs: [changing(2)],
    outputs: [],
  }) as const;
const conflicts = (fails: boolean, state = new HeapState()) => new UpsertConflicts(specOf(fails), state);
const row = (change: '+I' | '-U' | '+U' | '-D', key: string, value: number): Event => [
  change,
  [key, value, null],
];
const MOVES = { watermark: 1 };

// What Flink 2.3 writes for the sums of two groups that share a primary key.
const SUMS: Event[] = [
  row('+I', 'a', 1),
  row('+I', 'b', 5),
  MOVES,
  row('-U', 'a', 1),
  row('+U', 'a', 3),
  row('-U', 'b', 5),
  row('+U', 'b', 6),
  MOVES,
  row('+I', 'a', 7),
  row('-U', 'b', 6),
  row('+U', 'b', 7),
  MOVES,
];

test('of several rows under one key the first stays, and goes on changing', () => {
  const later: Event[] = [row('-U', 'a', 3), row('+U', 'a', 6), MOVES, row('-D', 'a', 6), MOVES];
  expect(run(conflicts(false), [...SUMS, ...later])).toEqual([
    '+I [a 1 null]',
    '+I [b 5 null]',
    '+U [a 3 null]',
    '+U [b 6 null]',
    '+U [b 7 null]',
    '+U [a 6 null]',
    '-D [a 6 null]',
  ]);
});

test('several rows under one key fail the job', () => {
  expect(run(conflicts(true), SUMS.slice(0, 8))).toHaveLength(4);
  expect(() => run(conflicts(true), SUMS)).toThrow(
    expect.objectContaining({
      code: 'SINK_CONFLICT',
      message: 'Table up was given several rows with the primary key k = a.',
    }),
  );
});

test('rows that are there only between two watermarks are no conflict', () => {
  const swapped = [row('+I', 'a', 1), row('+I', 'a', 2), row('-D', 'a', 1), MOVES];
  expect(run(conflicts(true), swapped)).toEqual(['+I [a 2 null]']);
  expect(run(conflicts(true), [row('+I', 'a', 1), row('-D', 'a', 1), MOVES])).toEqual([]);
});

test('a row that goes before it comes, between two watermarks, has not been there', () => {
  expect(run(conflicts(true), [row('-D', 'a', 1), row('+I', 'a', 1), MOVES])).toEqual([]);
  const leftOut = [row('+I', 'a', 1), row('+I', 'a', 2), MOVES];
  const goesBoth = [row('-U', 'a', 2), row('-D', 'a', 1), row('+U', 'a', 2), MOVES];
  expect(run(conflicts(false), [...leftOut, ...goesBoth])).toEqual(['+I [a 1 null]', '-D [a 1 null]']);
});

test('a row that goes and comes again between two watermarks is still the first', () => {
  const again = [row('-U', 'a', 1), row('+I', 'a', 2), row('+U', 'a', 1), MOVES];
  expect(run(conflicts(false), [row('+I', 'a', 1), MOVES, ...again])).toEqual(['+I [a 1 null]']);
});

test('a removal waits for its addition no longer than until the next watermark', () => {
  expect(run(conflicts(true), [row('-D', 'a', 1), MOVES, row('+I', 'a', 1), MOVES])).toEqual([
    '+I [a 1 null]',
  ]);
});

test('rows since the last watermark are in a checkpoint, beside what was said', () => {
  const state = new HeapState();
  run(conflicts(true, state), [...SUMS.slice(0, 3), row('-U', 'a', 1), row('+U', 'a', 3)]);

  const restored = conflicts(true, new HeapState(state.snapshot()));

  expect(run(restored, [MOVES, row('+I', 'c', 9), MOVES])).toEqual(['+U [a 3 null]', '+I [c 9 null]']);
});
