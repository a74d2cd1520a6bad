import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, HeapState, type KeyedState, plain } from '../../../core/index.js';
import { gathered } from '../../support/snapshot-text.js';

interface Counter {
  count: number;
}

const FIRST = { checkpointId: 1, isLast: false };

function counters(state: HeapState, expires: boolean): KeyedState<Counter> {
  const codec = { save: ({ count }: Counter) => count, load: (saved: unknown) => ({ count: Number(saved) }) };
  return state.keyed('counters', codec, { expires });
}

/** What a snapshot holds, whatever the order of its keys and the numbers of what waits. */
function contentOf(bytes: Uint8Array): string[] {
  return [...decodeSnapshot(bytes)]
    .map(({ state, key, value }) => `${state} ${key} ${Array.isArray(value) ? value.slice(0, 2) : value}`)
    .sort();
}

const change = fc.record({
  kind: fc.constantFrom('add', 'replace', 'delete', 'wait', 'take', 'read'),
  key: fc.integer({ min: 0, max: 1_500 }),
});

/** Changes things in place, as operators do. */
function apply(
  things: KeyedState<Counter>,
  queue: ReturnType<HeapState['queue']>,
  { kind, key }: { kind: string; key: number },
) {
  const thing = things.get(String(key));
  if (kind === 'add') {
    if (thing === undefined) things.set(String(key), { count: 1 });
    else {
      thing.count += 1;
      things.set(String(key), thing);
    }
  } else if (kind === 'replace') things.set(String(key), { count: key });
  else if (kind === 'delete') things.delete(String(key));
  else if (kind === 'wait') queue.add(key, `${key}`);
  else if (kind === 'take') [...queue.due(key)];
}

describe('a snapshot that is made in steps', () => {
  it.each([false, true])(
    'holds what was there when it began, whatever changes meanwhile (expiring: %s)',
    async (expires) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 60 }),
          fc.array(fc.array(change, { maxLength: 20 }), { maxLength: 8 }),
          async (before, steps) => {
            const ttl = { ms: 1_000, nowMs: () => 0 };
            const state = new HeapState(null, expires ? ttl : null);
            const things = counters(state, expires);
            const queue = state.queue('queue', plain<string>());
            const time = state.value('time', plain<number>(), 0);
            for (let i = 0; i < 1_000; i++) things.set(String(i), { count: i });
            for (const each of before) apply(things, queue, each);
            const expected = contentOf(state.snapshot());

            const rest = [...steps];
            const { pieces } = state.snapshotInSteps(() => {
              time.value += 1;
              for (const each of rest.shift() ?? []) apply(things, queue, each);
              return rest.length === 0 ? null : Promise.resolve();
            }, FIRST);

            expect(contentOf(await gathered(pieces))).toEqual(expected);
            const now = contentOf(state.snapshot());
            expect(contentOf(new Again(state.snapshot(), expires ? ttl : null).snapshot())).toEqual(now);
          },
        ),
        { seed: 17, numRuns: 25 },
      );
    },
  );

  it('ends where the next one begins', async () => {
    const state = new HeapState();
    const things = counters(state, false);
    for (let i = 0; i < 2_000; i++) things.set(String(i), { count: i });
    const { pieces } = state.snapshotInSteps(() => Promise.resolve(), FIRST);

    things.get('1999')!.count = -1;
    const second = contentOf(state.snapshot());

    await expect(gathered(pieces)).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
    expect(second).toContain('counters 1999 -1');
    expect(second).toHaveLength(2_000);
  });

  it('is made as it is read, and read to its end after its operator has ended', async () => {
    const state = new HeapState();
    const things = counters(state, false);
    for (let i = 0; i < 50_000; i++) things.set(String(i), { count: i });
    let pauses = 0;
    const pause = () => {
      pauses += 1;
      return Promise.resolve();
    };
    const reader = state.snapshotInSteps(pause, FIRST).pieces[Symbol.asyncIterator]();
    expect(pauses).toBe(1);

    const first = await reader.next();
    const pausesForTwo = [pauses, (await reader.next()) && pauses];
    await state.close();
    let bytes = 0;
    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      bytes += next.value.length;

    expect(first.value!.length).toBeLessThan(1_000);
    expect(pausesForTwo).toEqual([1, 8_192 / 256]);
    expect(bytes).toBeGreaterThan(1e6);
  });
});

describe('a snapshot that is given up', () => {
  it('asks for no thing any more, and what comes after it is whole', async () => {
    const state = new HeapState();
    let saved = 0;
    const codec = {
      save: (thing: number) => {
        saved += 1;
        return thing;
      },
      load: Number,
    };
    const things = state.keyed('things', codec);
    for (let i = 0; i < 2_000; i++) things.set(String(i), i);
    const { pieces, discard } = state.snapshotInSteps(() => Promise.resolve(), FIRST);
    const before = saved;

    discard();
    for (let i = 0; i < 2_000; i++) things.set(String(i), -i);

    expect(saved).toBe(before);
    await expect(gathered(pieces)).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
    expect(contentOf(state.snapshot())).toHaveLength(2_000);
  });
});

/** State that goes on from a snapshot. */
class Again {
  readonly #state: HeapState;

  constructor(snapshot: Uint8Array, ttl: HeapState['ttl']) {
    this.#state = new HeapState(snapshot, ttl);
    counters(this.#state, ttl !== null);
    this.#state.queue('queue', plain<string>());
    this.#state.value('time', plain<number>(), 0);
  }

  snapshot(): Uint8Array {
    return this.#state.snapshot();
  }
}
