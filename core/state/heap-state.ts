/** State in the memory of the core. */
import type { SqlValue } from '../batch/value.js';
import { ExpiringMap } from './expiring-map.js';
import { decodeSnapshot, encodeSnapshot, type SavedEntry, type StateEntry } from './snapshot-file.js';
import type {
  KeyedState,
  KeyedStateOptions,
  OperatorValue,
  StateBackend,
  StateCodec,
  StateTtl,
} from './state-backend.js';
import { TimeQueue } from './time-queue.js';

/** What is there of one name, as it is saved. */
type Save = (name: string) => Iterable<SavedEntry>;

/** Behind the name of a state that expires: when each key was written. */
const WRITTEN = ':written';

/** Things lie as they are; a codec is asked for a snapshot and after a restore only. */
export class HeapState implements StateBackend {
  readonly #restored = new Map<string, StateEntry[]>();
  readonly #saved = new Map<string, Save>();

  /**
   * @param snapshot of the checkpoint that the job goes on from; null: it begins
   * @param ttl of states that expire; null: none does
   */
  constructor(
    snapshot: Uint8Array | null = null,
    readonly ttl: StateTtl | null = null,
  ) {
    for (const entry of snapshot === null ? [] : decodeSnapshot(snapshot)) {
      const entries = this.#restored.get(entry.state);
      if (entries === undefined) this.#restored.set(entry.state, [entry]);
      else entries.push(entry);
    }
  }

  keyed<T>(
    name: string,
    codec: StateCodec<T>,
    { expires }: KeyedStateOptions = { expires: false },
  ): KeyedState<T> {
    if (expires && this.ttl !== null) return this.#expiring(name, codec, this.ttl);
    const things = new Map<string, T>();
    for (const { key, value } of this.#take(name)) things.set(key!, codec.load(value));
    this.#saved.set(name, function* (state) {
      for (const [key, thing] of things) yield { state, key, value: codec.save(thing) };
    });
    return things;
  }

  queue<T>(name: string, codec: StateCodec<T>): TimeQueue<T> {
    const queue = new TimeQueue<T>();
    for (const { value } of this.#take(name)) {
      const [time, item] = value as readonly [number, SqlValue];
      queue.add(time, codec.load(item));
    }
    this.#saved.set(name, function* (state) {
      for (const { time, item } of queue.entries()) {
        yield { state, key: null, value: [time, codec.save(item)] };
      }
    });
    return queue;
  }

  value<T>(name: string, codec: StateCodec<T>, initial: T): OperatorValue<T> {
    const [restored] = this.#take(name);
    const holder = { value: restored === undefined ? initial : codec.load(restored.value) };
    this.#saved.set(name, function* (state) {
      yield { state, key: null, value: codec.save(holder.value) };
    });
    return holder;
  }

  /** All of it, as an Arrow IPC stream. */
  snapshot(): Uint8Array {
    return encodeSnapshot([...this.#saved].flatMap(([name, save]) => [...save(name)]));
  }

  /** What was stored without times counts as written now. */
  #expiring<T>(name: string, codec: StateCodec<T>, ttl: StateTtl): KeyedState<T> {
    const things = new ExpiringMap<T>(ttl);
    const written = new Map(this.#take(name + WRITTEN).map(({ key, value }) => [key, value as number]));
    for (const { key, value } of this.#take(name))
      things.restore(key!, codec.load(value), written.get(key) ?? ttl.nowMs());
    this.#saved.set(name, function* (state) {
      for (const [key, thing] of things.entries()) yield { state, key, value: codec.save(thing) };
    });
    this.#saved.set(name + WRITTEN, function* (state) {
      for (const [key, , atMs] of things.entries()) yield { state, key, value: atMs };
    });
    return things;
  }

  #take(name: string): StateEntry[] {
    const entries = this.#restored.get(name) ?? [];
    this.#restored.delete(name);
    return entries;
  }
}
