import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type StreamJoin, types } from '../../../core/index.js';
import { Join } from '../../../operators/streaming/join.js';
import { APPENDING, at, changing, type Event, run } from './rows.js';

const NOTHING_KEPT = { left: null, right: null };

function join(
  type: StreamJoin<number>['type'],
  more: Partial<StreamJoin<number>> = {},
  input = APPENDING,
): Join {
  return new Join({
    kind: 'join',
    type,
    leftKeys: [0],
    rightKeys: [0],
    nullSafe: [false],
    bounds: [],
    ...NOTHING_KEPT,
    ...more,
    inputs: [input, input],
    outputs: [],
  });
}

test('an outer join takes the row beside NULL back when its partner comes, and says it again when that goes', () => {
  const rows = run(join('full', {}, changing(2)), [
    ['+I', ['k', 1n, 0], 0],
    ['+I', ['k', 7n, 0], 1],
    ['-D', ['k', 1n, 3], 0],
  ]);
  expect(rows).toEqual([
    '+I [k 1 0] -',
    '-D [k 1 0] -',
    '+I [k 1 0] [k 7 0]',
    '-D [k 1 3] [k 7 0]',
    '+I - [k 7 0]',
  ]);
});

test('NULL keys meet nobody, unless NULL equals NULL', () => {
  const rows: Event[] = [
    ['+I', [null, 1n], 0],
    ['+I', [null, 2n], 1],
  ];
  expect(run(join('left'), rows)).toEqual(['+I [null 1] -']);
  expect(run(join('inner', { nullSafe: [true] }), rows)).toEqual(['+I [null 1] [null 2]']);
});

test('a semi join gives a row once, an anti join while it has no partner', () => {
  const rows: Event[] = [
    ['+I', ['k', 1n], 0],
    ['+I', ['k', 2n], 1],
    ['+I', ['k', 3n], 1],
    ['+I', ['k', 4n], 0],
  ];
  expect(run(join('semi'), rows)).toEqual(['+I [k 1] -', '+I [k 4] -']);
  expect(run(join('anti'), rows)).toEqual(['+I [k 1] -', '-D [k 1] -']);
});

describe('where event time bounds the pairs', () => {
  const timed = (type: StreamJoin<number>['type']) =>
    join(type, {
      bounds: [{ operator: '>=', left: 1, right: 1, type: types.timestamp(3) }],
      left: { time: 1, keep: 0, isWindow: false },
      right: { time: 1, keep: 10, isWindow: false },
    });

  test('a row without a partner is said when none can come any more', () => {
    const rows = run(timed('left'), [['+I', ['k', at(5)], 0], { watermark: 4 }, { watermark: 5 }]);
    expect(rows).toEqual(['+I [k 5000] -']);
  });

  test('rows are forgotten', () => {
    const rows = run(timed('inner'), [
      ['+I', ['k', at(5)], 1],
      ['+I', ['k', at(8)], 0],
      { watermark: 15 },
      ['+I', ['k', at(16)], 0],
    ]);
    expect(rows).toEqual(['+I [k 8000] [k 5000]']);
  });
});

test('rows of a window that has ended are late', () => {
  const window = { time: 1, keep: 0, isWindow: true };
  const rows = run(join('full', { left: window, right: window }), [
    ['+I', ['w', at(9)], 0],
    { watermark: 9 },
    ['+I', ['w', at(9)], 1],
  ]);
  expect(rows).toEqual(['+I [w 9000] -', 'late']);
});

const TYPES = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;
const rowOf = fc.tuple(fc.constantFrom('a', 'b', null), fc.bigInt({ min: 0n, max: 2n }));

/** What the join is of all rows at once. */
function whole(type: (typeof TYPES)[number], left: readonly Row[], right: readonly Row[]): string[] {
  const meets = (l: Row, r: Row) => l[0] !== null && l[0] === r[0];
  const text = (row: Row | null) => (row === null ? '-' : `[${row[0]} ${row[1]}]`);
  const pairs = left.flatMap((l) => right.filter((r) => meets(l, r)).map((r) => `${text(l)} ${text(r)}`));
  const aloneLeft = left.filter((l) => !right.some((r) => meets(l, r))).map((l) => `${text(l)} -`);
  const aloneRight = right.filter((r) => !left.some((l) => meets(l, r))).map((r) => `- ${text(r)}`);
  const met = left.filter((l) => right.some((r) => meets(l, r))).map((l) => `${text(l)} -`);
  switch (type) {
    case 'inner':
      return pairs;
    case 'left':
      return [...pairs, ...aloneLeft];
    case 'right':
      return [...pairs, ...aloneRight];
    case 'full':
      return [...pairs, ...aloneLeft, ...aloneRight];
    case 'semi':
      return met;
    case 'anti':
      return aloneLeft;
  }
}

type Row = readonly [string | null, bigint];

test.each(TYPES)(
  'whatever comes and goes in whatever order, a %s join ends as one of the rows that are left',
  (type) => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ row: rowOf, input: fc.constantFrom(0, 1), goes: fc.boolean() }), {
          maxLength: 30,
        }),
        (steps) => {
          const there: [Row[], Row[]] = [[], []];
          const events: Event[] = [];
          for (const { row, input, goes } of steps) {
            const side = there[input as 0 | 1];
            const at = goes ? side.findIndex((other) => other[0] === row[0] && other[1] === row[1]) : -1;
            if (goes && at < 0) continue;
            if (goes) side.splice(at, 1);
            else side.push(row);
            events.push([goes ? '-D' : '+I', [...row, goes ? 3 : 0], input]);
          }
          const counts = new Map<string, number>();
          for (const line of run(join(type, {}, changing(2)), events)) {
            const text = line.slice(3).replaceAll(/ [03]\]/g, ']');
            counts.set(text, (counts.get(text) ?? 0) + (line.startsWith('+') ? 1 : -1));
          }
          const rows = [...counts].flatMap(([text, count]) => {
            expect(count).toBeGreaterThanOrEqual(0);
            return Array.from({ length: count }, () => text);
          });
          expect(rows.sort()).toEqual(whole(type, ...there).sort());
        },
      ),
      { numRuns: 300, seed: 8 },
    );
  },
);
