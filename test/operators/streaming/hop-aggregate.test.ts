import fc from 'fast-check';
import { expect, test } from 'vitest';
import { types } from '../../../core/index.js';
import { HopAggregate } from '../../../operators/streaming/hop-aggregate.js';
import type { Row } from '../../../operators/streaming/row-function.js';
import { WindowAggregate } from '../../../operators/streaming/window-aggregate.js';
import { APPENDING, at, callOf, type Event, run } from './rows.js';

// Rows: key, value, time.
const ends = { inputs: [APPENDING], outputs: [] };
const DOUBLE = [types.double(), { type: types.double() }] as const;
const calls = [
  callOf('COUNT', null),
  ...['SUM', 'AVG', 'MIN', 'MAX'].map((name) => callOf(name, 1)),
  callOf('SUM', 3, ...DOUBLE),
];
const windows = { size: 30, slide: 10, offset: 3 };

const hops = (more: Partial<ConstructorParameters<typeof HopAggregate>[0]> = {}) =>
  new HopAggregate({ kind: 'hop', keys: [0], calls, time: 2, ...windows, ...ends, ...more });

test('a row counts in each of its windows, which say their first moment, the one after them and their last millisecond', () => {
  const rows = run(hops({ calls: [callOf('SUM', 1)] }), [
    ['+I', ['a', 1n, at(25)]],
    ['+I', ['b', 5n, at(25)]],
    ['+I', ['a', 2n, at(15)]],
    { watermark: 32 },
    { watermark: 52 },
  ]);

  expect(rows).toEqual([
    '+I = [-7000 23000 22000 a 2]',
    '+I = [3000 33000 32000 a 3]',
    '+I = [3000 33000 32000 b 5]',
    '+I = [13000 43000 42000 a 3]',
    '+I = [13000 43000 42000 b 5]',
    '+I = [23000 53000 52000 a 1]',
    '+I = [23000 53000 52000 b 5]',
  ]);
});

test('a row counts in those of its windows that have not ended, and is late where all have', () => {
  const rows = run(hops({ calls: [callOf('COUNT', null)] }), [
    { watermark: 22 },
    ['+I', ['a', 1n, at(13)]],
    ['+I', ['a', 1n, at(-8)]],
    { watermark: Number.POSITIVE_INFINITY },
  ]);

  expect(rows).toEqual(['late', '+I = [3000 33000 32000 a 1]', '+I = [13000 43000 42000 a 1]']);
});

test('windows that wait in great number for a late watermark are said once each', () => {
  const slices = 200_000;
  const rows = Array.from({ length: slices }, (_, i): Event => ['+I', ['a', 1n, at(3 + 10 * i)]]);

  const said = run(hops({ calls: [callOf('COUNT', null)] }), [
    ...rows,
    { watermark: Number.POSITIVE_INFINITY },
  ]);

  expect(said.length).toBe(slices + 2);
  expect(new Set(said).size).toBe(said.length);
});

test('says what windows say of a copy of each row', () => {
  const starts = (time: number) => {
    const { size, slide, offset } = windows;
    const last = Math.floor((time - offset) / slide) * slide + offset;
    return Array.from({ length: size / slide }, (_, i) => last - i * slide);
  };
  const copies = (row: Row, time: number): Event[] =>
    starts(time).map((start) => {
      const end = start + windows.size;
      return ['+I', [...row, at(start), at(end), at(end - 1)]];
    });
  const copied = () =>
    new WindowAggregate({ kind: 'aggregate', keys: [4, 5, 6, 0], calls, windowTime: 6, ...ends }, 6);
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.constantFrom('a', 'b', null), fc.integer({ min: -50, max: 150 })) },
    { weight: 1, arbitrary: fc.integer({ min: -50, max: 150 }) },
  );

  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let watermark = Number.NEGATIVE_INFINITY;
      const events = steps.map((item, i) => {
        if (typeof item === 'number') {
          watermark = Math.max(watermark, item);
          return { whole: [{ watermark }], each: [{ watermark }] };
        }
        const [key, time] = item;
        const value = i % 7 === 0 ? null : BigInt(i);
        const row = [key, value, at(time), value === null ? null : Number(value) / 4];
        return { whole: [['+I', row]] as Event[], each: copies(row, time) };
      });
      const end = { watermark: Number.POSITIVE_INFINITY };
      const lines = (said: string[]) => said.filter((line) => line !== 'late').sort();

      const whole = run(hops(), [...events.flatMap((event) => event.whole as Event[]), end]);
      const each = run(copied(), [...events.flatMap((event) => event.each as Event[]), end]);

      expect(lines(whole)).toEqual(lines(each));
    }),
    { numRuns: 100, seed: 5 },
  );
});
