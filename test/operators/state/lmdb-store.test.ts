import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeSnapshot,
  HeapState,
  plain,
  type StateBackend,
  type StateStore,
  types,
} from '../../../core/index.js';
import { openLmdb } from '../../../operators/state/lmdb-store.js';
import { GroupAggregate } from '../../../operators/streaming/group-aggregate.js';
import { Join } from '../../../operators/streaming/join.js';
import { LastRow } from '../../../operators/streaming/last-row.js';
import { Rank } from '../../../operators/streaming/rank.js';
import type { RowFunction } from '../../../operators/streaming/row-function.js';
import { CountingState, type Step, storedCounters } from '../../support/counting-state.js';
import { Disk } from '../../support/failing-disk.js';
import { gathered } from '../../support/snapshot-text.js';
import { APPENDING, at, callOf, changing, type Event, run } from '../streaming/rows.js';

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ms-lmdb-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FIRST = { checkpointId: 1, isLast: false };

/** Gives the state a store that keeps hardly anything in memory. */
async function withStore<Result>(use: (store: StateStore) => Promise<Result> | Result): Promise<Result> {
  const store = openLmdb(join(folder, `state-${made++}.lmdb`), 2);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const change = fc.record({
  kind: fc.constantFrom('set', 'delete', 'get', 'batch'),
  key: fc.oneof(
    fc.integer({ min: 0, max: 9 }).map(String),
    fc.constantFrom('', 'k'.repeat(5_000), 'ä'.repeat(1_000)),
  ),
  value: fc.integer(),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

describe('keyed state in a file', () => {
  it('gives what a map gives, whatever is put away between batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), (changes) =>
        withStore((store) => {
          const things = new HeapState(null, null, store).keyed<number[]>('things', plain<number[]>());
          const expected = new Map<string, number[]>();
          for (const { kind, key, value } of changes) {
            if (kind === 'set') for (const each of [things, expected]) each.set(key, [value]);
            else if (kind === 'delete') for (const each of [things, expected]) each.delete(key);
            else if (kind === 'batch') store.betweenBatches();
            else for (const each of [things, expected]) each.get(key)?.push(value);
            expect(things.get(key)).toEqual(expected.get(key));
          }
          expect([...things.values()].map(String).sort()).toEqual([...expected.values()].map(String).sort());
        }),
      ),
      { seed: 5, numRuns: 40 },
    );
  });

  it('is saved as it was at the barrier, whatever changes meanwhile, and comes back from that', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 20 }),
        fc.array(change, { maxLength: 20 }),
        (before, meanwhile) =>
          withStore(async (store) => {
            const state = new HeapState(null, null, store);
            const things = state.keyed<number>('things', plain<number>());
            for (let i = 0; i < 600; i++) things.set(`n${i}`, i);
            const apply = ({ kind, key, value }: Change) => {
              if (kind === 'set') things.set(key, value);
              else if (kind === 'delete') things.delete(key);
              else store.betweenBatches();
            };
            before.forEach(apply);
            const expected = contentOf(state.snapshot());

            const rest = [...meanwhile];
            const { pieces } = state.snapshotInSteps(() => {
              rest.splice(0, 10).forEach(apply);
              return Promise.resolve();
            }, FIRST);

            const bytes = await gathered(pieces);
            expect(contentOf(bytes)).toEqual(expected);
            const again = new HeapState(bytes);
            again.keyed('things', plain());
            expect(contentOf(again.snapshot())).toEqual(expected);
          }),
      ),
      { seed: 6, numRuns: 15 },
    );
  });

  it('that has expired is removed by a checkpoint, unless it has been written again meanwhile', async () => {
    await withStore(async (store) => {
      const maps: { values(): Iterable<unknown> }[] = [];
      const watched: StateStore = {
        ...store,
        keyed: (name, codec, tracksChanges) => {
          const map = store.keyed(name, codec, tracksChanges);
          maps.push(map);
          return map;
        },
      };
      let nowMs = 1_000;
      const state = new HeapState(null, { ms: 100, nowMs: () => nowMs }, watched);
      const things = state.keyed<number>('things', plain<number>(), { expires: true });
      for (let i = 0; i < 600; i++) things.set(`n${String(i).padStart(3, '0')}`, i);
      nowMs += 60;
      things.set('fresh', -1);
      nowMs += 60;

      const { pieces } = state.snapshotInSteps(() => {
        things.set('n599', 0);
        store.betweenBatches();
        return null;
      }, FIRST);

      expect([...decodeSnapshot(await gathered(pieces))].map(({ key }) => key)).toEqual(['fresh', 'fresh']);
      expect(maps.flatMap((map) => [...map.values()])).toHaveLength(2);
      expect([things.get('n599'), things.get('fresh'), things.get('n000')]).toEqual([0, -1, undefined]);
    });
  });

  it('is saved by what has changed since the checkpoint before, which those together say', async () => {
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom('add', 'remove', 'read', 'put away'),
      key: fc.integer({ min: 1_180, max: 1_230 }),
    });
    const steps = fc.array(step, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1_000),
        fc.array(fc.tuple(steps, steps), { minLength: 2, maxLength: 6 }),
        (ms, rounds) =>
          withStore(async (store) => {
            const disk = new Disk();
            const state = new HeapState(null, { ms, nowMs: () => 0 }, store, true);
            const counting = new CountingState(disk, state, 1_200);
            for (const [before, meanwhile] of rounds) {
              before.forEach((each) => void counting.apply(each));
              await counting.checkpoint(meanwhile);
              const { id, content } = await storedCounters(disk);
              expect(content).toEqual(counting.expected[id - 1]);
            }
            expect(counting.since).toEqual(rounds.map((_, i) => (i === 0 ? null : i)));
          }),
      ),
      { seed: 50, numRuns: 15 },
    );
  });

  it('that is closed while it is being saved fails the checkpoint', async () => {
    const { pieces } = await withStore((store) => {
      const state = new HeapState(null, null, store);
      const things = state.keyed<number>('things', plain<number>());
      for (let i = 0; i < 1_000; i++) things.set(String(i), i);
      return state.snapshotInSteps(() => Promise.resolve(), FIRST);
    });

    await expect(gathered(pieces)).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
  });

  it.each(['read', 'discarded', 'refused'] as const)(
    'is there until the snapshot of a stage that has ended is %s',
    async (how) => {
      const path = join(folder, `ended-${how}.lmdb`);
      const state = new HeapState(null, null, openLmdb(path));
      const things = state.keyed<number>('things', plain<number>());
      for (let i = 0; i < 1_000; i++) things.set(String(i), i);
      const { pieces, discard } = state.snapshotInSteps(() => Promise.resolve(), FIRST);
      const job = new AbortController();

      const closed = state.close(job.signal);
      await new Promise(setImmediate);
      expect(existsSync(path)).toBe(true);
      if (how === 'read') expect([...decodeSnapshot(await gathered(pieces))]).toHaveLength(1_000);
      else if (how === 'discarded') discard();
      else job.abort();
      await closed;

      expect(existsSync(path)).toBe(false);
      if (how !== 'read')
        await expect(gathered(pieces)).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
    },
  );

  it('is removed when it is closed', async () => {
    const path = join(folder, 'removed.lmdb');
    const store = openLmdb(path);
    store.keyed('things', plain(), false).set('a', 1);
    expect(existsSync(path)).toBe(true);

    await store.close();

    expect(readdirSync(folder).filter((name) => name.startsWith('removed'))).toEqual([]);
  });

  it('has no file where an operator keeps nothing by key', async () => {
    const store = openLmdb(join(folder, 'unused.lmdb'));
    new HeapState(null, null, store).value('time', plain<number>(), 0).value = 1;
    store.betweenBatches();

    expect(readdirSync(folder).filter((name) => name.startsWith('unused'))).toEqual([]);
    await store.close();
  });

  it('cannot be kept where there is no folder', () => {
    writeFileSync(join(folder, 'file'), '');

    expect(() => openLmdb(join(folder, 'file', 'state.lmdb')).keyed('things', plain(), false)).toThrow(
      expect.objectContaining({ code: 'STATE_FILE', message: expect.stringContaining('cannot be kept in') }),
    );
  });
});

const inputs = [changing(3)];
const order = [{ column: 1, type: types.bigint(), descending: true, nullsFirst: false }];
const sides = { leftKeys: [0], rightKeys: [0], nullSafe: [false], bounds: [] };
const operators: Readonly<Record<string, (state: StateBackend) => RowFunction>> = {
  'a group': (state) =>
    new GroupAggregate(
      {
        kind: 'aggregate',
        keys: [0],
        calls: [callOf('COUNT', null), callOf('MAX', 1)],
        windowTime: null,
        inputs,
        outputs: [],
      },
      state,
    ),
  'a ranking': (state) =>
    new Rank(
      { kind: 'rank', keys: [0], order, from: 1, to: 2, windowTime: null, inputs, outputs: [] },
      state,
    ),
  'the last row': (state) =>
    new LastRow({ kind: 'last_row', keys: [0], time: 2, inputs: [APPENDING], outputs: [] }, state),
  'an outer join': (state) =>
    new Join(
      {
        kind: 'join',
        type: 'full',
        ...sides,
        left: null,
        right: null,
        inputs: [...inputs, ...inputs],
        outputs: [],
      },
      state,
    ),
  'an interval join': (state) =>
    new Join(
      {
        kind: 'join',
        type: 'left',
        ...sides,
        left: { time: 2, keep: 15, isWindow: false },
        right: { time: 2, keep: 15, isWindow: false },
        inputs: [APPENDING, APPENDING],
        outputs: [],
      },
      state,
    ),
};

describe.each(Object.entries(operators))('%s over state in a file', (_name, operator) => {
  it('says what it says over state in memory', async () => {
    const row = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 12 }), (batches) =>
        withStore((store) => {
          const [filed, heap] = [operator(new HeapState(null, null, store)), operator(new HeapState())];
          batches.forEach((rows, batch) => {
            const events = rows.map(([key, value, input]): Event => {
              return [
                '+I',
                [key, BigInt(value), at(batch * 10 + value), 0n],
                _name.includes('join') ? input : 0,
              ];
            });
            const all = [...events, { watermark: batch * 10 } as const, 'flush' as const];
            expect(run(filed, all)).toEqual(run(heap, all));
            store.betweenBatches();
          });
        }),
      ),
      { seed: 7, numRuns: 25 },
    );
  });
});

function contentOf(bytes: Uint8Array): string[] {
  return [...decodeSnapshot(bytes)].map(({ key, value }) => `${key} ${String(value)}`).sort();
}
