import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HeapState,
  type ProcessStream,
  type SqlValue,
  type StateBackend,
  types,
} from '../../../core/index.js';
import { decodeSnapshot } from '../../../core/state/snapshot-file.js';
import type { KeyedEvents, ProcessKeys } from '../../../operators/streaming/python/keyed-events.js';
import { Process } from '../../../operators/streaming/python/process.js';
import { type Collector, INSERT } from '../../../operators/streaming/row-function.js';
import { APPENDING, at } from './rows.js';

// Rows: key, value, time.
const [KEY, VALUE, TIME] = [0, 1, 2];
const NEVER = Number.POSITIVE_INFINITY;

const STREAM: ProcessStream = {
  kind: 'process',
  operator: {
    kind: 'process',
    keys: [KEY],
    function: 'quiet',
    argumentNames: [null],
    tables: [{ columns: [{ name: 'v', column: VALUE }], time: TIME, window: null, isBroadcast: false }],
    perWindow: false,
    tag: null,
    type: types.bigint(),
    sideFields: [],
    inputs: [APPENDING],
    outputs: [],
  },
  shipped: [],
  copied: [{ from: VALUE, to: 7 }],
  process: {
    group: 0,
    isRow: 1,
    timestamp: 2,
    clock: 3,
    until: 4,
    state: 5,
    window: null,
    member: null,
    broadcast: null,
  },
  keys: [6],
};

/**
 * As a worker would: repeats each row, and says the number of rows ten milliseconds after the last one. Values below zero ask
 * for a timer of the clock instead.
 */
function quiet(asked: KeyedEvents[][] = []): ProcessKeys {
  return async (keys) => {
    asked.push([...keys]);
    return keys.map(({ state, rows, untilMs }) => {
      let [count, timer] = (state === null ? [0, null] : JSON.parse(new TextDecoder().decode(state))) as [
        number,
        number | null,
      ];
      const given: { row: number; fields: SqlValue[] }[] = [];
      let clockTimer = NEVER;
      const fire = (watermark: number, row: number) => {
        if (timer === null || timer > watermark) return;
        given.push({ row, fields: [`${count} rows until ${timer}`] });
        [count, timer] = [0, null];
      };
      rows.forEach(({ values, timestamp, clockMs }, row) => {
        fire(clockMs, row);
        given.push({ row, fields: values.slice() });
        count += 1;
        if ((values[0] as bigint) < 0n) clockTimer = Number(-(values[0] as bigint));
        else timer = timestamp! + 10;
      });
      fire(untilMs, Math.max(0, rows.length - 1));
      const isOver = count === 0 && timer === null;
      return {
        state: isOver ? null : new TextEncoder().encode(JSON.stringify([count, timer])),
        eventTimer: timer ?? NEVER,
        clockTimer,
        given,
      };
    });
  };
}

/** Keys and a broadcast table: rows are of key, value, time, and the number of their table. */
const BESIDE_BROADCAST: ProcessStream = {
  ...STREAM,
  operator: {
    ...STREAM.operator,
    tables: [
      { columns: [{ name: 'v', column: VALUE }], time: TIME, window: null, isBroadcast: false },
      { columns: [{ name: 'v', column: VALUE }], time: null, window: null, isBroadcast: true },
    ],
    tag: 3,
  },
};

/** Repeats each row with what the broadcast table told last, and says that the time of a key has come. */
const told: ProcessKeys = async (keys, broadcast) => {
  const known = broadcast === null ? 'nothing' : new TextDecoder().decode(broadcast);
  return keys.map(({ rows, untilMs, state }) => {
    if (rows.some(({ member }) => member === 1)) {
      const last = String(rows.at(-1)!.values[0]);
      return {
        state: new TextEncoder().encode(last),
        eventTimer: NEVER,
        clockTimer: NEVER,
        given: [{ row: 0, fields: [`told ${last}`] }],
      };
    }
    const given = rows.map(({ values }, row) => ({ row, fields: [values[0]!, known] as SqlValue[] }));
    const due = rows.length === 0 ? state![0]! : (rows.at(-1)!.timestamp ?? 0) + 10;
    const isOver = rows.length === 0 || due <= untilMs;
    if (isOver) given.push({ row: Math.max(0, rows.length - 1), fields: ['over', known] });
    return {
      state: isOver ? null : new Uint8Array([due]),
      eventTimer: isOver ? NEVER : due,
      clockTimer: NEVER,
      given,
    };
  });
};

type Step = readonly [key: string, value: bigint, time: number] | { readonly watermark: number } | 'end';

/** What is given, batch by batch. */
async function play(process: Process, steps: readonly Step[]): Promise<string[]> {
  const said: string[] = [];
  const out: Collector = {
    emit: (_, __, results) => said.push(results.map(String).join(' ')),
    late: () => {},
  };
  for (const step of steps) {
    if (step === 'end') await process.endBatch(out);
    else if ('watermark' in step) process.advance(step.watermark);
    else process.process([step[0], step[1], at(step[2]), step[0] === '' ? 1 : 0], INSERT, 0, out);
  }
  return said;
}

describe('a process function', () => {
  test('is asked once for a batch, and what it gives leaves in the order of the rows', async () => {
    const asked: KeyedEvents[][] = [];
    const said = await play(new Process(STREAM, quiet(asked)), [
      ['a', 1n, 0],
      ['b', 2n, 1],
      ['a', 3n, 2],
      { watermark: 11 },
      ['b', 4n, 20],
      'end',
    ]);

    expect(said).toEqual(['a 1', 'b 2', 'a 3', 'b 1 rows until 11', 'b 4']);
    expect(asked.map((keys) => keys.map(({ rows }) => rows.length))).toEqual([[2, 2]]);
  });

  test('is told that time has passed for a key without rows, and a key without state is forgotten', async () => {
    const asked: KeyedEvents[][] = [];
    const said = await play(new Process(STREAM, quiet(asked)), [
      ['a', 1n, 0],
      ['b', 2n, 50],
      'end',
      { watermark: 9 },
      'end',
      { watermark: 10 },
      'end',
      { watermark: 11 },
      'end',
      ['a', 3n, 12],
      'end',
    ]);

    expect(said).toEqual(['a 1', 'b 2', 'a 1 rows until 10', 'a 3']);
    expect(asked.map((keys) => keys.map(({ keys: [key], state }) => [key, state !== null]))).toEqual([
      [
        ['a', false],
        ['b', false],
      ],
      [['a', true]],
      [['a', false]],
    ]);
  });

  test('of windows drops rows behind them, and says what a window gave as before its end', async () => {
    const window = { start: TIME, last: TIME };
    const tables = STREAM.operator.tables.map((table) => ({ ...table, window }));
    const perWindow = new Process(
      { ...STREAM, operator: { ...STREAM.operator, tables, perWindow: true } },
      quiet(),
    );
    let late = 0;
    const said: [SqlValue, number | undefined][] = [];
    const out: Collector = {
      emit: (_, __, results, clockMs) => said.push([results[1]!, clockMs]),
      late: () => late++,
    };
    const row = (time: number) => perWindow.process(['a', 1n, at(time)], INSERT, 0, out);
    perWindow.advance(5);
    await perWindow.endBatch(out);
    row(5);
    row(6);
    perWindow.advance(16);
    row(16);
    await perWindow.endBatch(out);

    expect(late).toBe(2);
    expect(said).toEqual([
      [1n, 5],
      ['1 rows until 16', 5],
    ]);
  });

  test('timers that are put off wait once for each key, also behind a checkpoint', async () => {
    const state = new HeapState();
    const process = new Process(STREAM, quiet(), state);
    for (let ms = 0; ms < 50; ms++) await play(process, [['a', 1n, ms], 'end']);

    const waiting = [...decodeSnapshot(state.snapshot())].filter((entry) => entry.state === 'event timers');
    expect(waiting).toHaveLength(1);
    const restored = new Process(STREAM, quiet(), new HeapState(state.snapshot()));
    expect(await play(restored, [{ watermark: 58 }, 'end', { watermark: 59 }, 'end'])).toEqual([
      'a 50 rows until 59',
    ]);
  });

  test('is woken by the clock, and again where it was too early', async () => {
    const asked: KeyedEvents[][] = [];
    const process = new Process(STREAM, async (keys) => {
      const updates = await quiet(asked)(keys, null);
      return asked.length < 3 ? updates.map((update) => ({ ...update, clockTimer: 500 })) : updates;
    });
    await play(process, [['a', -500n, 0], 'end']);

    const moments: number[] = [];
    for (const now of [499, 500, 500, 500]) {
      moments.push(process.wakeAt());
      process.wake(now);
      await play(process, ['end']);
    }

    expect(moments).toEqual([500, 500, 500, NEVER]);
    expect(asked).toHaveLength(3);
  });

  test('restored at any barrier says the same as if it had never stopped', async () => {
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('a', 'b'), fc.bigInt(0n, 3n), fc.integer({ min: 0, max: 40 })),
      fc.integer({ min: 0, max: 60 }).map((watermark) => ({ watermark })),
      fc.constant('end' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const run = async (stops: boolean) => {
          const make = (state: StateBackend) => new Process(STREAM, quiet(), state);
          let state = new HeapState();
          let process = make(state);
          let time = Number.NEGATIVE_INFINITY;
          const said: string[] = [];
          for (const one of [...steps, 'end', { watermark: NEVER }, 'end'] as const) {
            if (typeof one === 'object' && 'watermark' in one) {
              // Time never goes back.
              if (one.watermark <= time) continue;
              time = one.watermark;
            }
            said.push(...(await play(process, [one])));
            if (one !== 'end' || !stops) continue;
            state = new HeapState(state.snapshot());
            process = make(state);
          }
          return said;
        };
        expect(await run(true)).toEqual(await run(false));
      }),
      { seed: 8, numRuns: 50 },
    );
  });

  test('sees what rows of a broadcast table told before its rows, in the same batch too', async () => {
    const said = await play(new Process(BESIDE_BROADCAST, told), [
      ['a', 1n, 0],
      ['', 7n, 0],
      ['a', 2n, 1],
      ['b', 3n, 2],
      ['', 8n, 0],
      ['', 9n, 0],
      ['a', 4n, 3],
      'end',
      ['b', 5n, 4],
      'end',
    ]);

    expect(said).toEqual(['a 1 nothing', ' told 7', 'a 2 7', 'b 3 7', ' told 9', 'a 4 9', 'b 5 9']);
  });

  test('fires timers that rows before a broadcast row set and time behind it passed', async () => {
    const said = await play(new Process(BESIDE_BROADCAST, told), [
      ['a', 1n, 0],
      ['', 7n, 0],
      { watermark: 20 },
      'end',
      { watermark: 30 },
      'end',
    ]);

    expect(said).toEqual(['a 1 nothing', ' told 7', 'a over 7']);
  });

  test('restored knows what a broadcast table told', async () => {
    const state = new HeapState();
    const before = await play(new Process(BESIDE_BROADCAST, told, state), [['', 7n, 0], 'end']);
    const restored = new Process(BESIDE_BROADCAST, told, new HeapState(state.snapshot()));
    const after = await play(restored, [['a', 1n, 0], 'end']);

    expect([...before, ...after]).toEqual([' told 7', 'a 1 7']);
  });
});
