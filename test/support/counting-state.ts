import {
  CheckpointStore,
  claimState,
  decodeSnapshot,
  type HeapState,
  type KeyedState,
  plain,
  readCheckpoint,
  type TimeQueue,
} from '../../core/index.js';
import type { Disk } from './failing-disk.js';

interface Counter {
  readonly key: string;
  count: number;
}

export interface Step {
  readonly kind: 'add' | 'remove' | 'read' | 'put away';
  readonly key: number;
}

const STAGES = [
  { id: 'stream-1', uid: 'uid', description: 'counters', keeps: 'state' as const, columns: [], rows: '' },
];
const JOB = { job: 'job', origin: 'job', stages: STAGES, plan: 'a plan' };

/** Counters by key that are changed, and saved to a disk in checkpoints that may lean on each other. */
export class CountingState {
  /** What each checkpoint that was begun ought to hold. */
  readonly expected: (readonly string[])[] = [];
  /** What those that are stored lean on. */
  readonly since: (number | null)[] = [];
  readonly #counters: KeyedState<Counter>;
  readonly #queue: TimeQueue<string>;
  readonly #store: CheckpointStore;

  constructor(
    disk: Disk,
    private readonly state: HeapState,
    keys: number,
    retained = 1,
  ) {
    this.#store = new CheckpointStore(disk, JOB, retained, true);
    const codec = {
      save: ({ key, count }: Counter) => [key, count],
      load: (saved: unknown) => ({ key: (saved as [string])[0], count: (saved as [string, number])[1] }),
    };
    this.#counters = state.keyed('counters', codec, { expires: true });
    this.#queue = state.queue('queue', plain<string>());
    for (let key = 0; key < keys; key++) this.apply({ kind: 'add', key });
  }

  apply({ kind, key: number }: Step): void {
    const key = `${number}`;
    if (kind === 'put away') this.state.betweenBatches();
    else if (kind === 'remove') {
      this.#counters.delete(key);
      for (const _ of this.#queue.due(number)) break;
    } else {
      const counter = this.#counters.get(key);
      if (kind === 'read') return;
      if (counter !== undefined) counter.count += 1;
      this.#counters.set(key, counter ?? { key, count: 1 });
      if (counter === undefined) this.#queue.add(number, key);
    }
  }

  /** @param meanwhile is done while the state is being saved */
  async checkpoint(meanwhile: readonly Step[] = [], isLast = false): Promise<void> {
    const id = this.expected.length + 1;
    this.expected.push(this.#content());
    const rest = [...meanwhile];
    let pauses = 0;
    const state = this.state.snapshotInSteps(
      () => {
        for (const step of rest.splice(0, 5)) this.apply(step);
        return pauses++ % 2 === 0 ? Promise.resolve() : null;
      },
      { checkpointId: id, isLast },
    );
    await this.#store.write({ id, states: new Map([['stream-1', state]]) }, id, () => {}, isLast);
    this.since.push(state.since);
    this.state.checkpointCompleted(id);
    await this.#store.retire();
  }

  #content(): readonly string[] {
    const counters = [...this.#counters.values()].map(({ key, count }) => `counters ${key},${count}`);
    return [...counters, ...this.#queue.snapshot().map(({ time, item }) => `queue ${time},${item}`)].sort();
  }
}

/** The newest checkpoint on a disk, in the form of `CountingState.expected`. */
export async function storedCounters(
  disk: Disk,
): Promise<{ readonly id: number; readonly content: readonly string[] }> {
  const { id, stages } = await readCheckpoint(disk);
  const bytes = claimState(stages, STAGES).states.get('stream-1')!;
  const entries = [...decodeSnapshot(bytes)].filter(({ state }) => !state.endsWith(':written'));
  return { id, content: entries.map(textOf).sort() };
}

function textOf({ state, value }: { readonly state: string; readonly value: unknown }): string {
  return `${state} ${(value as unknown[]).slice(0, 2)}`;
}
