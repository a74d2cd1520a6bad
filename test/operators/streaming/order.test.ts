import { describe, expect, test } from 'vitest';
import { type StreamFrame, types } from '../../../core/index.js';
import { FirstRow } from '../../../operators/streaming/first-row.js';
import { LastRow } from '../../../operators/streaming/last-row.js';
import { Materialize } from '../../../operators/streaming/materialize.js';
import { OverAggregate } from '../../../operators/streaming/over-aggregate.js';
import { Rank } from '../../../operators/streaming/rank.js';
import { TimeSort } from '../../../operators/streaming/time-sort.js';
import { WindowRank } from '../../../operators/streaming/window-rank.js';
import { APPENDING, at, callOf, changing, type Event, run } from './rows.js';

const byValue = [{ column: 1, type: types.bigint(), descending: true, nullsFirst: false }] as const;

describe('OVER', () => {
  const over = (frame: StreamFrame) =>
    new OverAggregate({
      kind: 'over',
      keys: [0],
      time: 1,
      calls: [{ ...callOf('SUM', 2), frame }],
      inputs: [APPENDING],
      outputs: [],
    });
  const rows: Event[] = [
    ['+I', ['a', at(20), 2n]],
    ['+I', ['a', at(10), 1n]],
    ['+I', ['b', at(10), 7n]],
    ['+I', ['a', at(20), 4n]],
    { watermark: 25 },
    ['+I', ['a', at(25), 100n]],
    ['+I', ['a', at(40), 8n]],
    { watermark: 50 },
  ];
  const sums = (frame: StreamFrame) => run(over(frame), rows).map((line) => line.replace(/^.*= /, ''));

  test('rows come in the order of time, and one behind the watermark is late', () => {
    const all = sums({ unit: 'ROWS', preceding: null });
    expect(all).toEqual(['[1]', '[7]', '[3]', '[7]', 'late', '[15]']);
  });

  test('RANGE sees all rows of the same time', () => {
    expect(sums({ unit: 'RANGE', preceding: null })).toEqual(['[1]', '[7]', '[7]', '[7]', 'late', '[15]']);
  });

  test('with DISTINCT a text that goes and comes at one time is the last one', () => {
    const listed = { ...callOf('LISTAGG', 2, types.string()), distinct: true };
    const frame: StreamFrame = { unit: 'RANGE', preceding: 10 };
    const calls = [{ ...listed, frame }];
    const rows = ['x', 'y', 'x'].map((text, i): Event => ['+I', ['a', at(10 * i), text]]);
    const spec = { kind: 'over', keys: [0], time: 1, calls, inputs: [APPENDING], outputs: [] } as const;
    const lines = run(new OverAggregate(spec), [...rows, { watermark: 50 }]);
    expect(lines.map((line) => line.replace(/^.*= /, ''))).toEqual(['[x]', '[x,y]', '[y,x]']);
  });

  test('beside a frame in time, one in rows ends with its own row', () => {
    const frames: StreamFrame[] = [
      { unit: 'RANGE', preceding: null },
      { unit: 'ROWS', preceding: null },
    ];
    const calls = frames.map((frame) => ({ ...callOf('SUM', 2), frame }));
    const both = new OverAggregate({
      kind: 'over',
      keys: [0],
      time: 1,
      calls,
      inputs: [APPENDING],
      outputs: [],
    });
    expect(run(both, rows.slice(0, 5)).map((line) => line.replace(/^.*= /, ''))).toEqual([
      '[1 1]',
      '[7 7]',
      '[7 3]',
      '[7 7]',
    ]);
  });

  test('a frame has an end behind the row, counted in rows or in time', () => {
    expect(sums({ unit: 'ROWS', preceding: 1 })).toEqual(['[1]', '[7]', '[3]', '[6]', '[104]', '[108]']);
    expect(sums({ unit: 'RANGE', preceding: 20 })).toEqual(['[1]', '[7]', '[7]', '[7]', '[107]', '[114]']);
  });

  test('with a bounded frame only a row behind the last of its partition is late', () => {
    const partitions: Event[] = [
      ['+I', ['a', at(10), 1n]],
      ['+I', ['b', at(30), 2n]],
      { watermark: 40 },
      ['+I', ['a', at(20), 4n]],
      ['+I', ['b', at(30), 8n]],
      { watermark: 41 },
    ];
    expect(run(over({ unit: 'ROWS', preceding: 5 }), partitions).slice(2)).toEqual([
      'late',
      '+I [a 20000 4] = [5]',
    ]);
  });

  test('a partition of RANGE is forgotten when no frame can reach its rows', () => {
    const range = over({ unit: 'RANGE', preceding: 10 });
    const rows = run(range, [
      ['+I', ['a', at(0), 1n]],
      { watermark: 16 },
      ['+I', ['a', at(9), 2n]],
      { watermark: 17 },
    ]);
    expect(rows).toEqual(['+I [a 0 1] = [1]', '+I [a 9000 2] = [2]']);
  });
});

describe('the first and the last row', () => {
  const first = () =>
    new FirstRow({ kind: 'first_row', keys: [0], time: 1, inputs: [APPENDING], outputs: [] });
  const last = () => new LastRow({ kind: 'last_row', keys: [0], time: 1, inputs: [APPENDING], outputs: [] });

  test('the first is final once time has passed it; one that comes behind time is late', () => {
    const rows = run(first(), [
      ['+I', ['a', at(20), 'x']],
      ['+I', ['a', at(10), 'y']],
      ['+I', ['a', at(10), 'z']],
      { watermark: 15 },
      ['+I', ['a', at(12), 'late']],
      ['+I', ['a', at(30), 'more']],
      { watermark: 99 },
    ]);
    expect(rows).toEqual(['+I [a 10000 y] = [1]', 'late']);
  });

  test('of several last rows of one time the one that came last stays', () => {
    const rows = run(last(), [
      ['+I', ['a', at(20), 'x']],
      'flush',
      ['+I', ['a', at(10), 'old']],
      ['+I', ['a', at(20), 'y']],
      'flush',
    ]);
    expect(rows).toEqual(['+I [a 20000 x] = [1]', '-U [a 20000 x] = [1]', '+U [a 20000 y] = [1]']);
  });
});

describe('Top-N', () => {
  const rank = (numbered: boolean, input = APPENDING) =>
    new Rank({
      kind: 'rank',
      keys: [0],
      order: byValue,
      from: 1,
      to: 2,
      windowTime: null,
      inputs: [input],
      outputs: numbered ? [{ kind: 'result', result: 0 }] : [],
    });

  test('a row that is pushed out is deleted', () => {
    const rows = run(rank(false), [
      ['+I', ['a', 1n]],
      ['+I', ['a', 2n]],
      'flush',
      ['+I', ['a', 3n]],
      ['+I', ['a', 0n]],
      'flush',
    ]);
    expect(rows).toEqual(['+I [a 2]', '+I [a 1]', '-D [a 1]', '+I [a 3]']);
  });

  test('with its number a row that moves changes', () => {
    const rows = run(rank(true), [['+I', ['a', 1n]], 'flush', ['+I', ['a', 2n]], 'flush']);
    expect(rows).toEqual(['+I [a 1] = [1]', '-U [a 1] = [1]', '+U [a 2] = [1]', '+I [a 1] = [2]']);
  });

  test('a row that goes lets the next one in', () => {
    const rows = run(rank(false, changing(2)), [
      ['+I', ['a', 3n, 0]],
      ['+I', ['a', 2n, 0]],
      ['+I', ['a', 1n, 0]],
      'flush',
      ['-D', ['a', 3n, 3]],
      'flush',
    ]);
    expect(rows.slice(2)).toEqual(['-D [a 3 0]', '+I [a 1 0]']);
  });

  test('by the time at which they come, the last row of all is the first', () => {
    const ends = { windowTime: null, inputs: [APPENDING], outputs: [{ kind: 'result', result: 0 }] } as const;
    const latest = new Rank({
      kind: 'rank',
      keys: [],
      order: [],
      from: 1,
      to: 2,
      isLatestFirst: true,
      ...ends,
    });
    expect(run(latest, [['+I', ['a']], 'flush', ['+I', ['b']], 'flush', ['+I', ['c']], 'flush'])).toEqual([
      '+I [a] = [1]',
      '-U [a] = [1]',
      '+U [b] = [1]',
      '+I [a] = [2]',
      '-U [b] = [1]',
      '+U [c] = [1]',
      '-U [a] = [2]',
      '+U [b] = [2]',
    ]);
    expect(latest.isDone).toBe(false);
  });

  test('LIMIT needs no more input when its rows are there', () => {
    const limit = new Rank({
      kind: 'rank',
      keys: [],
      order: [],
      from: 2,
      to: 3,
      windowTime: null,
      inputs: [APPENDING],
      outputs: [],
    });
    expect(run(limit, [['+I', ['a']], ['+I', ['b']], 'flush'])).toEqual(['+I [b]']);
    expect(limit.isDone).toBe(false);
    expect(run(limit, [['+I', ['c']], ['+I', ['d']], 'flush'])).toEqual(['+I [c]']);
    expect(limit.isDone).toBe(true);
  });

  test('in a window it is final when the window has passed', () => {
    const rank = new WindowRank(
      {
        kind: 'rank',
        keys: [0],
        order: byValue,
        from: 1,
        to: 1,
        windowTime: 2,
        inputs: [APPENDING],
        outputs: [],
      },
      2,
    );
    const rows = run(rank, [
      ['+I', ['w', 1n, at(9)]],
      ['+I', ['w', 5n, at(9)]],
      { watermark: 9 },
      ['+I', ['w', 9n, at(9)]],
    ]);
    expect(rows).toEqual(['+I [w 5 9000] = [1]', 'late']);
  });
});

test('ORDER BY time lets rows go as time passes them, those of one time by the other keys', () => {
  const order = [
    { column: 0, type: types.timestamp(3), descending: false, nullsFirst: true },
    { column: 1, type: types.bigint(), descending: true, nullsFirst: false },
  ];
  const sort = new TimeSort({ kind: 'sort', time: 0, order, inputs: [APPENDING], outputs: [] });
  const rows = run(sort, [
    ['+I', [at(2), 1n]],
    ['+I', [at(1), 5n]],
    ['+I', [at(2), 3n]],
    { watermark: 1 },
    ['+I', [at(1), 9n]],
    { watermark: 5 },
    ['+I', [at(3), 7n]],
    { watermark: 6 },
  ]);
  expect(rows).toEqual(['+I [1000 5]', 'late', '+I [2000 3]', '+I [2000 1]', '+I [3000 7]']);
});

test('what is left at the end are the rows that did not go, in their order', () => {
  const left = new Materialize({ kind: 'materialize', order: byValue, inputs: [changing(2)], outputs: [] });
  const rows = run(left, [
    ['+I', ['a', 1n, 0]],
    ['+I', ['b', 2n, 0]],
    ['+I', ['b', 2n, 0]],
    ['-U', ['a', 1n, 1]],
    ['+U', ['a', 9n, 2]],
    ['-D', ['b', 2n, 3]],
    { watermark: 5 },
    { watermark: Number.POSITIVE_INFINITY },
  ]);
  expect(rows).toEqual(['+I [a 9 2]', '+I [b 2 0]']);
});
