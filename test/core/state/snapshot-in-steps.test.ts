import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeSnapshot, HeapState, type KeyedState, plain } from '../../../core/index.js';
import { CheckpointCollector } from '../../../core/runtime/checkpoint.js';
import { concatenated } from '../../../core/state/snapshot-file.js';

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
            const { pieces } = await state.snapshotInSteps(() => {
              time.value += 1;
              for (const each of rest.shift() ?? []) apply(things, queue, each);
              return rest.length === 0 ? null : Promise.resolve();
            }, FIRST);

            expect(contentOf(concatenated(pieces))).toEqual(expected);
            const now = contentOf(state.snapshot());
            expect(contentOf(new Again(state.snapshot(), expires ? ttl : null).snapshot())).toEqual(now);
          },
        ),
        { seed: 17, numRuns: 25 },
      );
    },
  );

  it('is finished at once where the next one begins', async () => {
    const state = new HeapState();
    const things = counters(state, false);
    for (let i = 0; i < 2_000; i++) things.set(String(i), { count: i });
    let goOn = () => {};
    const first = state.snapshotInSteps(() => new Promise((resolve) => (goOn = resolve)), FIRST);

    things.get('1999')!.count = -1;
    const second = contentOf(state.snapshot());
    goOn();

    expect(contentOf(concatenated((await first).pieces))).toContain('counters 1999 1999');
    expect(second).toContain('counters 1999 -1');
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

test('a checkpoint waits for state that is still being written, also of a stage that has ended, and fails with it', async () => {
  const collector = new CheckpointCollector();
  const bytes = Uint8Array.of(1);
  const { id, complete } = collector.begin(['a', 'b']);
  let write = (_: Uint8Array) => {};
  collector.acknowledge('a', id, new Promise<Uint8Array>((resolve) => (write = resolve)));
  collector.acknowledge('b', id, null);
  collector.stageEnded('a');
  write(bytes);
  expect((await complete).states).toEqual(
    new Map([
      ['a', bytes],
      ['b', null],
    ]),
  );

  const second = collector.begin(['a']);
  collector.acknowledge('a', second.id, Promise.reject(new Error('no room')));
  await expect(second.complete).rejects.toThrow('no room');
});
