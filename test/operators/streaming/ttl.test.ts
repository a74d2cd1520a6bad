import { describe, expect, it } from 'vitest';
import { HeapState, types } from '../../../core/index.js';
import { ExpiringMap, type Written } from '../../../core/state/expiring-map.js';
import { SteppedMap } from '../../../core/state/stepped-map.js';
import { FirstRow } from '../../../operators/streaming/first-row.js';
import { GroupAggregate } from '../../../operators/streaming/group-aggregate.js';
import { Join } from '../../../operators/streaming/join.js';
import { LastRow } from '../../../operators/streaming/last-row.js';
import { Normalize } from '../../../operators/streaming/normalize.js';
import { Rank } from '../../../operators/streaming/rank.js';
import type { RowFunction } from '../../../operators/streaming/row-function.js';
import { UpsertConflicts } from '../../../operators/streaming/upsert-conflicts.js';
import { APPENDING, at, callOf, changing, type Event, run } from './rows.js';

const TTL_MS = 100;

/** State whose clock stands where it is put. */
class Aging {
  nowMs = 1_000;

  state(snapshot: Uint8Array | null = null): HeapState {
    return new HeapState(snapshot, { ms: TTL_MS, nowMs: () => this.nowMs });
  }

  /** What the function puts out, the events each so many milliseconds after the ones before. */
  run(rows: RowFunction, ...steps: readonly (readonly [afterMs: number, ...events: Event[]])[]): string[][] {
    return steps.map(([afterMs, ...events]) => {
      this.nowMs += afterMs;
      return run(rows, [...events, 'flush']);
    });
  }
}

const ends = { inputs: [APPENDING], outputs: [] };
const group = { kind: 'aggregate', keys: [0], calls: [callOf('COUNT', null)], windowTime: null } as const;
const order = [{ column: 1, type: types.bigint(), descending: true, nullsFirst: false }];

describe('state with a time to live', () => {
  it('a group counts anew once no row has come for so long', () => {
    const aging = new Aging();
    const rows = new GroupAggregate({ ...group, ...ends }, aging.state());

    expect(
      aging.run(rows, [0, ['+I', ['a']]], [99, ['+I', ['a']]], [99, ['+I', ['a']]], [100, ['+I', ['a']]]),
    ).toEqual([['+I = [a 1]'], ['-U = [a 1]', '+U = [a 2]'], ['-U = [a 2]', '+U = [a 3]'], ['+I = [a 1]']]);
  });

  it('a group that waits to be said does not expire before, and then lives on from its last row', () => {
    const aging = new Aging();
    const rows = new GroupAggregate({ ...group, ...ends }, aging.state());

    run(rows, [['+I', ['a']]]);
    aging.nowMs += TTL_MS;
    run(rows, [['+I', ['a']]]);
    aging.nowMs += TTL_MS - 1;
    expect(run(rows, ['flush', ['+I', ['a']], 'flush'])).toEqual(['+I = [a 2]', '-U = [a 2]', '+U = [a 3]']);
  });

  it('a group of which nothing is left takes nothing back', () => {
    const aging = new Aging();
    const rows = new GroupAggregate({ ...group, inputs: [changing(1)], outputs: [] }, aging.state());

    expect(aging.run(rows, [0, ['+I', ['a', 0]]], [100, ['-D', ['a', 3]]])).toEqual([['+I = [a 1]'], []]);
  });

  it('a result that stays as it was is said all the same, so that what reads it does not expire', () => {
    const aging = new Aging();
    const calls = [callOf('MAX', 1)];
    const rows = new GroupAggregate({ ...group, calls, ...ends }, aging.state());

    expect(aging.run(rows, [0, ['+I', ['a', 5n]]], [1, ['+I', ['a', 4n]]])[1]).toEqual([
      '-U = [a 5]',
      '+U = [a 5]',
    ]);
  });

  it('the times are in a checkpoint; state that was stored without them counts as written when it comes back', () => {
    const aging = new Aging();
    const before = aging.state();
    aging.run(new GroupAggregate({ ...group, ...ends }, before), [0, ['+I', ['a']]], [60, ['+I', ['b']]]);
    const timed = before.snapshot();
    const untimed = new HeapState();
    run(new GroupAggregate({ ...group, ...ends }, untimed), [['+I', ['a']], 'flush']);

    aging.nowMs += 60;
    const restored = (snapshot: Uint8Array) =>
      run(new GroupAggregate({ ...group, ...ends }, aging.state(snapshot)), [
        ['+I', ['a']],
        ['+I', ['b']],
        'flush',
      ]);
    expect(restored(timed)).toEqual(['+I = [a 1]', '-U = [b 1]', '+U = [b 2]']);
    expect(restored(untimed.snapshot())).toEqual(['-U = [a 1]', '+U = [a 2]', '+I = [b 1]']);
  });

  it('each row of a join expires by itself, and a pair is found while both are there', () => {
    const aging = new Aging();
    const inputs = [APPENDING, APPENDING];
    const sides = { leftKeys: [0], rightKeys: [0], nullSafe: [false], bounds: [], left: null, right: null };
    const rows = new Join({ kind: 'join', type: 'inner', ...sides, inputs, outputs: [] }, aging.state());

    expect(
      aging.run(
        rows,
        [0, ['+I', ['k', 1n], 0]],
        [60, ['+I', ['k', 2n], 0]],
        [30, ['+I', ['k', 3n], 1]],
        [30, ['+I', ['k', 4n], 1]],
        [100, ['+I', ['k', 5n], 1]],
      ),
    ).toEqual([[], [], ['+I [k 1] [k 3]', '+I [k 2] [k 3]'], ['+I [k 2] [k 4]'], []]);
  });

  it('what a query says of one state holds for that alone, also where the job keeps everything', () => {
    const state = (ms: number) => {
      let nowMs = 1_000;
      return { state: new HeapState(null, { ms, nowMs: () => nowMs }), later: () => (nowMs += TTL_MS) };
    };
    const sides = { leftKeys: [0], rightKeys: [0], nullSafe: [false], bounds: [], left: null, right: null };
    const join = {
      kind: 'join',
      type: 'inner',
      ...sides,
      inputs: [APPENDING, APPENDING],
      outputs: [],
    } as const;
    for (const [job, left, expected] of [
      [0, TTL_MS, []],
      [TTL_MS, 0, ['+I [k 1] [k 2]']],
      [TTL_MS, null, []],
    ] as const) {
      const { state: own, later } = state(job);
      const rows = new Join({ ...join, stateTtlMs: { left, right: null } }, own);
      run(rows, [['+I', ['k', 1n], 0]]);
      later();
      expect(run(rows, [['+I', ['k', 2n], 1]])).toEqual(expected);
    }
    const { state: own, later } = state(0);
    const rows = new GroupAggregate({ ...group, ...ends, stateTtlMs: TTL_MS }, own);
    run(rows, [['+I', ['a']], 'flush']);
    later();
    expect(run(rows, [['+I', ['a']], 'flush'])).toEqual(['+I = [a 1]']);
  });

  it('a row of an outer join lives on by the partners that it finds', () => {
    const aging = new Aging();
    const inputs = [APPENDING, APPENDING];
    const sides = { leftKeys: [0], rightKeys: [0], nullSafe: [false], bounds: [], left: null, right: null };
    const rows = new Join({ kind: 'join', type: 'left', ...sides, inputs, outputs: [] }, aging.state());

    expect(
      aging.run(
        rows,
        [0, ['+I', ['k', 1n], 0]],
        [60, ['+I', ['k', 2n], 1]],
        [60, ['+I', ['k', 3n], 1]],
        [100, ['+I', ['k', 4n], 1]],
      ),
    ).toEqual([['+I [k 1] -'], ['-D [k 1] -', '+I [k 1] [k 2]'], ['+I [k 1] [k 3]'], []]);
  });

  it('a row of an outer join may expire while its partner is being taken', () => {
    const inputs = [APPENDING, APPENDING];
    const sides = { leftKeys: [0], rightKeys: [0], nullSafe: [false], bounds: [], left: null, right: null };
    for (let beforeMs = 80; beforeMs <= 100; beforeMs++) {
      let nowMs = 0;
      const state = new HeapState(null, { ms: TTL_MS, nowMs: () => nowMs++ });
      const rows = new Join({ kind: 'join', type: 'left', ...sides, inputs, outputs: [] }, state);
      run(rows, [['+I', ['k', 1n], 0]]);
      nowMs = beforeMs;
      run(rows, [['+I', ['k', 2n], 1]]);
      state.snapshot();
    }
  });

  it('the last row of a key, a ranking and a normalized row are forgotten', () => {
    const aging = new Aging();
    const last = new LastRow({ kind: 'last_row', keys: [0], time: 1, ...ends }, aging.state());
    expect(aging.run(last, [0, ['+I', ['a', 5n]]], [100, ['+I', ['a', 4n]]])[1]).toEqual(['+I [a 4] = [1]']);

    const spec = { kind: 'rank', keys: [0], order, from: 1, to: 1, windowTime: null, ...ends } as const;
    const rank = new Rank(spec, aging.state());
    expect(aging.run(rank, [0, ['+I', ['a', 5n]]], [100, ['+I', ['a', 4n]]])[1]).toEqual(['+I [a 4]']);

    const normalize = new Normalize(
      { kind: 'normalize', keys: [0], inputs: [changing(1)], outputs: [] },
      aging.state(),
    );
    expect(aging.run(normalize, [0, ['+I', ['a', 0]]], [100, ['-D', ['a', 3]]])[1]).toEqual([]);
  });

  it('the first rows of a key that have come do not live longer by those behind them', () => {
    const aging = new Aging();
    const spec = { kind: 'rank', keys: [0], order: [], from: 1, to: 2, windowTime: null, ...ends } as const;

    expect(
      aging.run(
        new Rank(spec, aging.state()),
        [0, ['+I', ['a', 1n]]],
        [60, ['+I', ['a', 2n]]],
        [60, ['+I', ['a', 3n]]],
        [40, ['+I', ['a', 4n]]],
      ),
    ).toEqual([['+I [a 1]'], ['+I [a 2]'], [], ['+I [a 4]']]);
  });

  it('a row that is none of the first keeps no ranking alive', () => {
    const aging = new Aging();
    const spec = { kind: 'rank', keys: [0], order, from: 1, to: 1, windowTime: null, ...ends } as const;
    const [better, worse] = spec.order[0]!.descending ? [5n, 4n] : [4n, 5n];

    expect(
      aging.run(
        new Rank(spec, aging.state()),
        [0, ['+I', ['a', better]]],
        [60, ['+I', ['a', worse]]],
        [40, ['+I', ['a', worse]]],
      ),
    ).toEqual([[`+I [a ${better}]`], [], [`+I [a ${worse}]`]]);
  });

  it('the first row of a key may come again', () => {
    const aging = new Aging();
    const first = new FirstRow({ kind: 'first_row', keys: [0], time: 1, ...ends }, aging.state());

    expect(
      aging.run(
        first,
        [0, ['+I', ['a', at(1)]], { watermark: 1 }],
        [1, ['+I', ['a', at(2)]], { watermark: 2 }],
        [100, ['+I', ['a', at(3)]], { watermark: 3 }],
      ),
    ).toEqual([[`+I [a ${at(1)}] = [1]`], [], [`+I [a ${at(3)}] = [1]`]]);
  });

  it('rows that conflict with the one that was written, or leave it as it was, do not prolong its life', () => {
    const aging = new Aging();
    const names = { keys: [0], names: ['k'], table: 'up', fails: false };
    const rows = new UpsertConflicts(
      { kind: 'conflict', ...names, inputs: [changing(2)], outputs: [] },
      aging.state(),
    );
    const said = (change: '+I' | '-U' | '+U', value: number): Event => [change, ['a', value, null]];
    const moves = { watermark: 1 };

    expect(
      aging.run(
        rows,
        [0, said('+I', 1), moves],
        [50, said('-U', 1), said('+U', 2), moves],
        [60, said('+I', 3), moves],
        [20, said('-U', 2), said('+U', 2), moves],
        [19, said('+I', 4), moves],
        [1, said('+I', 5), moves],
      ),
    ).toEqual([['+I [a 1 null]'], ['+U [a 2 null]'], [], [], [], ['+I [a 5 null]']]);
  });

  it('what has expired does not stay in memory', () => {
    const aging = new Aging();
    const written = new SteppedMap<Written<number>>();
    const things = new ExpiringMap({ ms: TTL_MS, nowMs: () => aging.nowMs }, written);
    for (let i = 0; i < 1_000; i++) {
      aging.nowMs += 1;
      things.set(String(i), i);
    }

    expect([...written.values()]).toHaveLength(TTL_MS);
    expect([...things.values()]).toEqual(Array.from({ length: TTL_MS }, (_, i) => 900 + i));
  });

  it('what is written again is not removed with what was written before it', () => {
    const aging = new Aging();
    const written = new SteppedMap<Written<number>>();
    const things = new ExpiringMap({ ms: TTL_MS, nowMs: () => aging.nowMs }, written);
    const lastWrite = new Map<number, number>();
    for (let i = 0; i < 2_000; i++) {
      aging.nowMs += 1;
      const key = (i * i) % 149;
      things.set(String(key), key);
      lastWrite.delete(key);
      lastWrite.set(key, aging.nowMs);
    }

    const alive = [...lastWrite].filter(([, at]) => at + TTL_MS > aging.nowMs).map(([key]) => key);
    expect([...things.values()]).toEqual(alive);
    expect([...written.values()].map(({ thing }) => thing)).toEqual(alive);
  });
});
