import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamJoin } from '../../../core/index.js';
import { FoldedJoin } from '../../../operators/streaming/folded-join.js';
import { Join } from '../../../operators/streaming/join.js';
import { CHANGES } from '../../../operators/streaming/row-function.js';
import { changing, type Event, run } from './rows.js';

// Rows: key, value, kind of change.
const specOf = (type: StreamJoin<number>['type']) =>
  ({
    kind: 'join',
    type,
    leftKeys: [0],
    rightKeys: [0],
    nullSafe: [false],
    bounds: [],
    left: null,
    right: null,
    inputs: [changing(2), changing(2)],
    outputs: [],
  }) as const;
const foldedJoin = (type: StreamJoin<number>['type']) => new FoldedJoin(specOf(type), new Join(specOf(type)));

function row(change: (typeof CHANGES)[number], key: string, value: number, input: number): Event {
  return [change, [key, value, CHANGES.indexOf(change)], input];
}

test('a row whose partner comes in the same mini-batch was never alone', () => {
  const rows = [row('+I', 'k', 1, 0), row('+I', 'm', 2, 0), row('+I', 'k', 7, 1)];
  expect(run(foldedJoin('left'), [...rows, 'flush'])).toEqual(['+I [m 2 0] -', '+I [k 1 0] [k 7 0]']);
});

test('rows that still wait when the input ends meet each other', () => {
  const rows = [row('+I', 'k', 1, 0), row('+I', 'k', 7, 1)];
  const end = { watermark: Number.POSITIVE_INFINITY };
  expect(run(foldedJoin('left'), [...rows, end, 'flush'])).toEqual(['+I [k 1 0] [k 7 0]']);
});

test('of rows that change often the last one is joined', () => {
  const before = [row('+I', 'k', 7, 1), row('+I', 'k', 1, 0), 'flush' as const];
  const updates = [row('-U', 'k', 1, 0), row('+U', 'k', 2, 0), row('-U', 'k', 2, 0), row('+U', 'k', 3, 0)];
  expect(run(foldedJoin('inner'), [...before, ...updates, 'flush']).slice(1)).toEqual([
    '-U [k 1 1] [k 7 0]',
    '+U [k 3 2] [k 7 0]',
  ]);
});

test('an update of the other side does not leave a row alone in between', () => {
  const before = [row('+I', 'k', 1, 0), row('+I', 'k', 7, 1), 'flush' as const];
  const update = [row('-U', 'k', 7, 1), row('+U', 'k', 8, 1), 'flush' as const];
  expect(run(foldedJoin('left'), [...before, ...update]).slice(1)).toEqual([
    '-U [k 1 0] [k 7 1]',
    '+U [k 1 0] [k 8 2]',
  ]);
});

/** What is there after changes, without how often each row changed. */
function net(lines: readonly string[]): string[] {
  const rows = new Map<string, number>();
  for (const line of lines) {
    const text = line.slice(3).replace(/ \d\]/g, ']');
    rows.set(text, (rows.get(text) ?? 0) + (line.startsWith('+') ? 1 : -1));
    expect(rows.get(text)).toBeGreaterThanOrEqual(0);
  }
  return [...rows].flatMap(([text, count]) => new Array<string>(count).fill(text)).sort();
}

const steps = fc.array(
  fc.record({
    input: fc.integer({ min: 0, max: 1 }),
    key: fc.constantFrom('a', 'b'),
    value: fc.integer({ min: 0, max: 2 }),
    what: fc.constantFrom('add', 'add', 'remove', 'update', 'flush'),
  }),
  { maxLength: 40 },
);

test.each(['inner', 'left', 'right', 'full', 'semi', 'anti'] as const)(
  'the %s join has the rows that it has row by row',
  (type) => {
    fc.assert(
      fc.property(steps, (all) => {
        const there: [string, number][][] = [[], []];
        const events = all.flatMap(({ input, key, value, what }): Event[] => {
          const rows = there[input]!;
          if (what === 'flush') return ['flush'];
          const gone = what === 'add' ? undefined : rows.shift();
          if (what === 'remove') return gone === undefined ? [] : [row('-D', ...gone, input)];
          rows.push([key, value]);
          if (gone === undefined) return [row('+I', key, value, input)];
          return [row('-U', ...gone, input), row('+U', key, value, input)];
        });
        const one = run(new Join(specOf(type)), events);
        const many = run(foldedJoin(type), [...events, 'flush']);
        expect(net(many)).toEqual(net(one));
      }),
      { numRuns: 300 },
    );
  },
);
