import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AccumulateStream,
  HeapState,
  type SqlValue,
  type StateBackend,
  types,
} from '../../../core/index.js';
import { Accumulate } from '../../../operators/streaming/python/accumulate.js';
import { AccumulateWindow } from '../../../operators/streaming/python/accumulate-window.js';
import type { GroupRows, UpdateGroups } from '../../../operators/streaming/python/grouped-rows.js';
import type { RowFunction } from '../../../operators/streaming/row-function.js';
import { APPENDING, at, callOf, changing, type Event, run } from './rows.js';

// Rows: key, value, time, kind of change.
const [KEY, VALUE, TIME, CHANGE] = [0, 1, 2, 3];
const BIGINT = types.bigint();

/** Sums of the first shipped column, as a worker would make them: an accumulator is the total as text. */
function sums(bundles: (readonly GroupRows[])[] = []): UpdateGroups {
  return async (groups) => {
    bundles.push(groups);
    return groups.map(({ accumulators, pieces }) => {
      const totals = accumulators.map((before) =>
        BigInt(before === null ? 0 : new TextDecoder().decode(before)),
      );
      const values = pieces.map((piece) => {
        for (const {
          values: [value],
          retracts,
          counted,
        } of piece) {
          totals.forEach((total, call) => {
            if (!counted[call] || value === null) return;
            totals[call] = retracts ? total - (value as bigint) : total + (value as bigint);
          });
        }
        return [...totals];
      });
      return { values, accumulators: totals.map((total) => new TextEncoder().encode(String(total))) };
    });
  };
}

function stream(more: Partial<AccumulateStream['operator']> = {}): AccumulateStream {
  const call = { function: 'total', argumentNames: [null], filter: null, type: BIGINT };
  const argument = { kind: 'column', column: VALUE, type: BIGINT } as const;
  return {
    kind: 'accumulate',
    operator: {
      kind: 'accumulate',
      keys: [KEY],
      calls: [callOf('COUNT', null)],
      python: [
        { ...call, arguments: [argument], distinct: false },
        { ...call, arguments: [argument], distinct: true },
      ],
      windowTime: null,
      keepsRows: false,
      inputs: [changing(CHANGE)],
      outputs: [],
      ...more,
    },
    shipped: [],
    state: { group: 0, retracts: 1, continues: 2, accumulators: [3, 4] },
    copied: [{ from: VALUE, to: 5 }],
    counted: [null, 6],
  };
}

/** The lines of each batch; the end of a batch is `flush`. */
async function lines(rows: RowFunction, events: readonly Event[]): Promise<string[]> {
  const said: string[] = [];
  for (const event of events) {
    said.push(...run(rows, [event]));
    if (event !== 'flush' && !('watermark' in event)) continue;
    const later: string[] = [];
    const out = collector(later);
    await rows.endBatch!(out);
    said.push(...later);
  }
  return said;
}

function collector(said: string[]): Parameters<NonNullable<RowFunction['endBatch']>>[0] {
  return {
    emit: (change, _rows, results, clockMs) => {
      const kind = ['+I', '-U', '+U', '-D'][change];
      said.push(
        `${kind} ${results.map(String).join(' ')}${Number.isFinite(clockMs) ? ` after ${clockMs}` : ''}`,
      );
    },
    late: () => said.push('late'),
  };
}

const row = (key: SqlValue, value: bigint, change = 0, time = 0) => [key, value, at(time), change];

describe('GROUP BY with Python aggregates', () => {
  test('says a group once for a batch, of built-in and Python calls together', async () => {
    const said = await lines(new Accumulate(stream(), sums()), [
      ['+I', row('a', 1n)],
      ['+I', row('a', 1n)],
      ['+I', row('b', 5n)],
      'flush',
      ['+I', row('a', 2n)],
      'flush',
    ]);

    expect(said).toEqual(['+I a 2 2 1', '+I b 1 5 5', '-U a 2 2 1', '+U a 3 4 3']);
  });

  test('takes rows back, and a group whose last row has gone; Python is not asked about that', async () => {
    const bundles: (readonly GroupRows[])[] = [];
    const said = await lines(new Accumulate(stream(), sums(bundles)), [
      ['+I', row('a', 1n)],
      ['+I', row('a', 1n)],
      'flush',
      ['-U', row('a', 1n, 1)],
      'flush',
      ['-D', row('a', 1n, 3)],
      'flush',
      ['+I', row('a', 7n)],
      'flush',
    ]);

    expect(said).toEqual(['+I a 2 2 1', '-U a 2 2 1', '+U a 1 1 1', '-D a 1 1 1', '+I a 1 7 7']);
    expect(bundles).toHaveLength(3);
  });

  test('what came before a moment in time is said as it was then, out of one bundle', async () => {
    const bundles: (readonly GroupRows[])[] = [];
    const rows = new Accumulate(stream(), sums(bundles));
    for (const [value, time] of [
      [1n, 10],
      [2n, 20],
      [3n, 30],
    ] as const) {
      rows.process(row('a', value), 0);
      rows.flush();
      rows.advance(time);
    }
    const said: string[] = [];
    await rows.endBatch(collector(said));

    expect(said).toEqual([
      '+I a 1 1 1',
      '-U a 1 1 1 after 10',
      '+U a 2 3 3 after 10',
      '-U a 2 3 3 after 20',
      '+U a 3 6 6 after 20',
    ]);
    expect(bundles).toHaveLength(1);
  });
});

test('a group with a time to live that waits for its batch does not expire before', async () => {
  let nowMs = 1_000;
  const rows = new Accumulate(stream(), sums(), new HeapState(null, { ms: 100, nowMs: () => nowMs }));
  rows.process(row('a', 1n), 0);
  nowMs += 100;
  rows.process(row('a', 2n), 0);

  expect(await lines(rows, ['flush', ['+I', row('a', 4n)], 'flush'])).toEqual([
    '+I a 2 3 3',
    '-U a 2 3 3',
    '+U a 3 7 7',
  ]);
});

describe('GROUP BY a window with Python aggregates', () => {
  const windows = (keepsRows: boolean, bundles: (readonly GroupRows[])[] = []) => {
    const spec = stream({ keys: [KEY, TIME], windowTime: TIME, keepsRows, inputs: [APPENDING] });
    return new AccumulateWindow(spec, TIME, sums(bundles));
  };
  const events: Event[] = [
    ['+I', row('w1', 1n, 0, 999)],
    'flush',
    ['+I', row('w1', 2n, 0, 999)],
    ['+I', row('w2', 5n, 0, 1999)],
    { watermark: 1500 },
    ['+I', row('w1', 9n, 0, 999)],
    { watermark: Number.POSITIVE_INFINITY },
  ];

  test('gives its row when the watermark passes the window, with the time before that', async () => {
    const said = await lines(windows(false), events);

    expect(said).toEqual([`+I w1 ${at(999)} 2 3 3`, 'late', `+I w2 ${at(1999)} 1 5 5 after 1500`]);
  });

  test('rows for a function over whole groups wait for the end of their window', async () => {
    const bundles: (readonly GroupRows[])[] = [];
    const said = await lines(windows(true, bundles), events);

    expect(said).toEqual(await lines(windows(false), events));
    expect(bundles.map((groups) => groups.map(({ pieces }) => pieces.map((piece) => piece.length)))).toEqual([
      [[2]],
      [[1]],
    ]);
  });
});

describe('restored at a barrier', () => {
  const kinds: Readonly<Record<string, (state: StateBackend) => RowFunction>> = {
    'a group': (state) => new Accumulate(stream(), sums(), state),
    'a window': (state) => new AccumulateWindow(timed(false), TIME, sums(), state),
    'a window of whole groups': (state) => new AccumulateWindow(timed(true), TIME, sums(), state),
  };
  const timed = (keepsRows: boolean) => stream({ keys: [KEY, TIME], windowTime: TIME, keepsRows });
  const event = fc.oneof(
    fc.tuple(fc.constantFrom('a', 'b'), fc.bigInt(0n, 3n), fc.constantFrom(10, 20, 30)),
    fc.constantFrom(5, 15, 25),
    fc.constant('barrier' as const),
  );

  test.each(Object.entries(kinds))('%s says the same as if it had never stopped', async (_, make) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (script) => {
        const play = async (stops: boolean) => {
          let state = new HeapState();
          let rows = make(state);
          const said: string[] = [];
          for (const item of script) {
            if (item === 'barrier') {
              said.push(...(await lines(rows, ['flush'])));
              if (!stops) continue;
              state = new HeapState(state.snapshot());
              rows = make(state);
            } else if (typeof item === 'number') said.push(...(await lines(rows, [{ watermark: item }])));
            else said.push(...(await lines(rows, [['+I', row(item[0], item[1], 0, item[2])]])));
          }
          return [...said, ...(await lines(rows, ['flush', { watermark: Number.POSITIVE_INFINITY }]))];
        };
        expect(await play(true)).toEqual(await play(false));
      }),
      { seed: 8, numRuns: 50 },
    );
  });
});
