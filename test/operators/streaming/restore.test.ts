import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeapState, type StateBackend, type StreamCall, types } from '../../../core/index.js';
import { FirstRow } from '../../../operators/streaming/first-row.js';
import { GroupAggregate } from '../../../operators/streaming/group-aggregate.js';
import { HopAggregate } from '../../../operators/streaming/hop-aggregate.js';
import { Join } from '../../../operators/streaming/join.js';
import { LastRow } from '../../../operators/streaming/last-row.js';
import { Materialize } from '../../../operators/streaming/materialize.js';
import { OverAggregate } from '../../../operators/streaming/over-aggregate.js';
import { Rank } from '../../../operators/streaming/rank.js';
import type { RowFunction } from '../../../operators/streaming/row-function.js';
import { SessionWindow } from '../../../operators/streaming/session-window.js';
import { TemporalJoin } from '../../../operators/streaming/temporal-join.js';
import { TimeSort } from '../../../operators/streaming/time-sort.js';
import { WindowAggregate } from '../../../operators/streaming/window-aggregate.js';
import { WindowRank } from '../../../operators/streaming/window-rank.js';
import { APPENDING, at, callOf, changing, type Event, run } from './rows.js';

// Rows: key, value, time, kind of change.
const KEY = 0;
const VALUE = 1;
const TIME = 2;
const CHANGING = changing(3);

const call = (name: string, more: Partial<StreamCall<number>> = {}) =>
  callOf(name, VALUE, types.bigint(), more);
const DOUBLES = { argumentTypes: [types.double()], type: types.double() };
const CALLS = [
  callOf('COUNT', null),
  call('SUM'),
  call('AVG'),
  call('MIN'),
  call('MAX'),
  call('SUM', { distinct: true }),
  call('COLLECT'),
  call('ARRAY_AGG'),
  call('STDDEV_POP'),
];
const order = [{ column: VALUE, type: types.bigint(), descending: true, nullsFirst: false }];
const ends = { inputs: [APPENDING], outputs: [] };
const frame = { unit: 'RANGE', preceding: 20 } as const;
const rows = { unit: 'ROWS', preceding: 2 } as const;
const sides = { leftKeys: [KEY], rightKeys: [KEY], outputs: [] };
const kept = { time: TIME, keep: 15, isWindow: false };

const operators: Readonly<Record<string, (state: StateBackend) => RowFunction>> = {
  'a group': (state) =>
    new GroupAggregate(
      { kind: 'aggregate', keys: [KEY], calls: CALLS, windowTime: null, ...ends, inputs: [CHANGING] },
      state,
    ),
  'a window': (state) =>
    new WindowAggregate(
      { kind: 'aggregate', keys: [KEY, TIME], calls: CALLS, windowTime: TIME, ...ends },
      TIME,
      state,
    ),
  'windows that overlap': (state) =>
    new HopAggregate(
      {
        kind: 'hop',
        keys: [KEY],
        calls: CALLS.slice(0, 5),
        time: TIME,
        size: 15,
        slide: 5,
        offset: 2,
        ...ends,
      },
      state,
    ),
  sessions: (state) =>
    new SessionWindow({ kind: 'session', keys: [KEY], time: TIME, gap: 6, ...ends }, state),
  'OVER a range': (state) =>
    new OverAggregate(
      { kind: 'over', keys: [KEY], time: TIME, calls: CALLS.map((c) => ({ ...c, frame })), ...ends },
      state,
    ),
  'OVER rows': (state) =>
    new OverAggregate(
      { kind: 'over', keys: [KEY], time: TIME, calls: CALLS.map((c) => ({ ...c, frame: rows })), ...ends },
      state,
    ),
  'a ranking': (state) =>
    new Rank(
      {
        kind: 'rank',
        keys: [KEY],
        order,
        from: 1,
        to: 2,
        windowTime: null,
        inputs: [CHANGING],
        outputs: [{ kind: 'result', result: 0 }],
      },
      state,
    ),
  'a ranking in a window': (state) =>
    new WindowRank(
      { kind: 'rank', keys: [KEY, TIME], order, from: 1, to: 2, windowTime: TIME, ...ends },
      TIME,
      state,
    ),
  'the first row': (state) => new FirstRow({ kind: 'first_row', keys: [KEY], time: TIME, ...ends }, state),
  'the last row': (state) => new LastRow({ kind: 'last_row', keys: [KEY], time: TIME, ...ends }, state),
  'a sort': (state) =>
    new TimeSort(
      {
        kind: 'sort',
        time: TIME,
        order: [{ ...order[0]!, column: TIME, type: types.timestamp(3) }],
        ...ends,
      },
      state,
    ),
  'what is left': (state) =>
    new Materialize({ kind: 'materialize', order: [], ...ends, inputs: [CHANGING] }, state),
  'an outer join': (state) =>
    new Join(
      {
        kind: 'join',
        type: 'full',
        nullSafe: [false],
        bounds: [],
        left: null,
        right: null,
        ...sides,
        inputs: [CHANGING, CHANGING],
      },
      state,
    ),
  'an interval join': (state) =>
    new Join(
      {
        kind: 'join',
        type: 'left',
        nullSafe: [false],
        bounds: [],
        left: kept,
        right: kept,
        ...sides,
        inputs: [APPENDING, APPENDING],
      },
      state,
    ),
  'a temporal join': (state) =>
    new TemporalJoin(
      {
        kind: 'temporal_join',
        type: 'left',
        time: TIME,
        versionTime: TIME,
        dropsOlder: false,
        ...sides,
        inputs: [APPENDING, CHANGING],
      },
      state,
    ),
};

const row = fc.record({
  key: fc.constantFrom('a', 'b', null),
  value: fc.constantFrom(-3n, 0n, 7n, 2n ** 62n, null),
  time: fc.integer({ min: 0, max: 60 }),
  input: fc.integer({ min: 0, max: 1 }),
  isGone: fc.boolean(),
});
const step = fc.oneof(
  { weight: 4, arbitrary: row },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.constant('checkpoint' as const) },
);

/** Rows that go have come before; watermarks go on. */
function eventsOf(
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  input: string,
): Event[] {
  type RowEvent = Extract<Event, readonly unknown[]>;
  const there: RowEvent[] = [];
  let watermark = -1;
  const changes = /group|ranking$|left|outer/.test(input);
  const joins = /join/.test(input);
  return steps.flatMap((item): Event[] => {
    if (item === 'checkpoint') return ['flush'];
    if (typeof item === 'number') {
      watermark = Math.max(watermark, item);
      return [{ watermark }];
    }
    const gone = changes && item.isGone ? there.pop() : undefined;
    if (gone !== undefined) return [['-D', gone[1], gone[2]!]];
    const event: RowEvent = ['+I', [item.key, item.value, at(item.time), 0], joins ? item.input : 0];
    there.push(event);
    return [event];
  });
}

/** As `run`, but at each flush another operator takes over what the one before it said to a checkpoint. */
function runRestored(make: (state: StateBackend) => RowFunction, events: readonly Event[]): string[] {
  let state = new HeapState();
  let operator = make(state);
  return events.flatMap((event) => {
    const lines = run(operator, [event]);
    if (event === 'flush') {
      state = new HeapState(state.snapshot());
      operator = make(state);
    }
    return lines;
  });
}

test.each(Object.keys(operators))('%s goes on from a checkpoint as if nothing had happened', (name) => {
  const make = operators[name]!;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const events = [...eventsOf(steps, name), 'flush', { watermark: Number.POSITIVE_INFINITY }] as const;
      expect(runRestored(make, events)).toEqual(run(make(new HeapState()), events));
    }),
    { numRuns: 60, seed: 30 },
  );
});

test('aggregates of approximate numbers go on too', () => {
  const calls = ['SUM', 'AVG', 'STDDEV_SAMP', 'MAX', 'FIRST_VALUE'].map((f) =>
    callOf(f, VALUE, types.double(), DOUBLES),
  );
  const make = (state: StateBackend) =>
    new GroupAggregate(
      { kind: 'aggregate', keys: [KEY], calls, windowTime: null, ...ends, inputs: [CHANGING] },
      state,
    );
  const events = [0.1, -0, Number.NaN, 1e300].flatMap((value, i): Event[] => [
    ['+I', ['k', value, at(i), 0], 0],
    'flush',
  ]);
  expect(runRestored(make, events)).toEqual(run(make(new HeapState()), events));
});
