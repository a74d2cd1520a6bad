import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeapState, type StreamFrame, types } from '../../../core/index.js';
import { SortedOver } from '../../../operators/streaming/sorted-over.js';
import { APPENDING, callOf, changing, type Event, run } from './rows.js';

const RANGE: StreamFrame = { unit: 'RANGE', preceding: null };
const ROWS: StreamFrame = { unit: 'ROWS', preceding: null };
/** The order is that of column 1, the values are column 2. */
const ORDER = [{ column: 1, type: types.int(), descending: false, nullsFirst: true }];
const sum = (frame: StreamFrame) => ({ ...callOf('SUM', 2), frame });

function over(calls: readonly ReturnType<typeof sum>[], retracts = false, state = new HeapState()) {
  const inputs = [retracts ? changing(3) : APPENDING];
  return new SortedOver({ kind: 'sorted_over', keys: [0], order: ORDER, calls, inputs, outputs: [] }, state);
}

it('a row changes the results of its peers and of those behind it, and of no other partition', () => {
  const rows: Event[] = [
    ['+I', ['a', 3, 1n]],
    ['+I', ['a', 1, 2n]],
    ['+I', ['b', 2, 7n]],
    ['+I', ['a', 1, 4n]],
  ];
  expect(run(over([sum(RANGE)]), rows)).toEqual([
    '+I [a 3 1] = [1]',
    '+I [a 1 2] = [2]',
    '-U [a 3 1] = [1]',
    '+U [a 3 1] = [3]',
    '+I [b 2 7] = [7]',
    '-U [a 1 2] = [2]',
    '+U [a 1 2] = [6]',
    '+I [a 1 4] = [6]',
    '-U [a 3 1] = [3]',
    '+U [a 3 1] = [7]',
  ]);
  expect(run(over([sum(ROWS)]), rows).slice(5)).toEqual([
    '+I [a 1 4] = [6]',
    '-U [a 3 1] = [3]',
    '+U [a 3 1] = [7]',
  ]);
});

it('a row that goes takes its share along, and what stays the same is not said again', () => {
  const calls = [sum(RANGE), { ...callOf('LAST_VALUE', 2), frame: RANGE }];
  const lines = run(over(calls, true), [
    ['+I', ['a', 1, 2n, 0]],
    ['+U', ['a', 2, 0n, 2]],
    ['-U', ['a', 1, 2n, 1]],
    ['-D', ['a', 5, 5n, 3]],
    ['-D', ['a', 2, 0n, 3]],
  ]);
  expect(lines).toEqual([
    '+I [a 1 2 0] = [2 2]',
    '+U [a 2 0 2] = [2 0]',
    '-D [a 1 2 0] = [2 2]',
    '-U [a 2 0 2] = [2 0]',
    '+U [a 2 0 2] = [0 0]',
    '-D [a 2 0 2] = [0 0]',
  ]);
});

it('RANK counts the rows before, DENSE_RANK the values', () => {
  const rank = (name: string) => ({ ...callOf(name, 1), frame: ROWS });
  const lines = run(over([rank('RANK'), rank('DENSE_RANK')]), [
    ['+I', ['a', 1, 0n]],
    ['+I', ['a', 1, 1n]],
    ['+I', ['a', 2, 2n]],
    ['+I', ['a', null, 3n]],
  ]);
  expect(lines.slice(0, 3)).toEqual(['+I [a 1 0] = [1 1]', '+I [a 1 1] = [1 1]', '+I [a 2 2] = [3 2]']);
  expect(lines.filter((line) => line.startsWith('+U'))).toEqual([
    '+U [a 1 0] = [2 2]',
    '+U [a 1 1] = [2 2]',
    '+U [a 2 2] = [4 3]',
  ]);
});

it('what is left is what one count of the sorted rows gives, whatever came and went, and after a checkpoint', () => {
  const event = fc.record({
    order: fc.integer({ min: 0, max: 40 }),
    value: fc.bigInt(0n, 3n),
    goes: fc.boolean(),
  });
  const listed = { ...callOf('LISTAGG', 2, types.string()), frame: RANGE };
  const calls = [sum(RANGE), sum(ROWS), { ...listed, function: 'ARRAY_AGG' }];
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), fc.nat(300), (events, cut) => {
      const there: [number, bigint][] = [];
      const rows = events.map(({ order, value, goes }): Event => {
        const at = there.findIndex(([o, v]) => o === order && v === value);
        if (goes && at >= 0) {
          there.splice(at, 1);
          return ['-D', ['a', order, value, 3]];
        }
        there.push([order, value]);
        return ['+I', ['a', order, value, 0]];
      });
      const state = new HeapState();
      const before = run(over(calls, true, state), rows.slice(0, cut));
      const behind = run(over(calls, true, restored(state)), rows.slice(cut));
      const left = new Map<string, number>();
      for (const line of [...before, ...behind]) {
        const [change, ...rest] = line.split(' ');
        const text = rest.join(' ').replace(/ \d\]/, ']');
        left.set(text, (left.get(text) ?? 0) + (change!.startsWith('+') ? 1 : -1));
      }
      const said = [...left].flatMap(([text, count]) => Array<string>(count).fill(text)).sort();
      expect(said).toEqual(expected(there));
    }),
    { numRuns: 60 },
  );
});

function restored(state: HeapState): HeapState {
  const bytes = state.snapshot();
  return new HeapState(bytes as Uint8Array);
}

/** The rows in order, each with its results; equal values of one place have come in any order. */
function expected(rows: readonly (readonly [number, bigint])[]): string[] {
  const sorted = [...rows].map((row, i) => [...row, i] as const).sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  let total = 0n;
  const lines = sorted.map(([order, value]) => {
    total += value;
    const upTo = sorted.filter(([other]) => other <= order);
    const range = upTo.reduce((all, [, own]) => all + own, 0n);
    return `[a ${order} ${value}] = [${range} ${total} [${upTo.map(([, own]) => own).join(' ')}]]`;
  });
  return lines.sort();
}
