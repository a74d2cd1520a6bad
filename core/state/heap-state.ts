/** State in the memory of the core, or what is keyed in a store. */
import type { SqlValue } from '../batch/value.js';
import { InternalError } from '../errors.js';
import { deferred, untilAborted } from '../runtime/deferred.js';
import type { SnapshotPieces } from '../runtime/operator.js';
import { ExpiringMap, type Written } from './expiring-map.js';
import { Increments } from './increments.js';
import {
  concatenated,
  decodeSnapshot,
  type SavedEntry,
  SnapshotWriter,
  type StateEntry,
} from './snapshot-file.js';
import type {
  KeyedState,
  KeyedStateOptions,
  OperatorValue,
  SavableState,
  StateBackend,
  StateCodec,
  StateStore,
  StateTtl,
} from './state-backend.js';
import { SteppedMap } from './stepped-map.js';
import { TimeQueue } from './time-queue.js';

/** Gives what is there of one name, or has changed, to `add`: some of it with each call, until that gives false. */
type BeginSave = (add: (entry: SavedEntry) => void, onlyChanges: boolean) => (most: number) => boolean;

/** A checkpoint, for who takes part in it. */
interface Occasion {
  readonly checkpointId: number;
  /** All of the state is wanted, whatever has changed. */
  readonly isLast: boolean;
}

/** Behind the name of a state that expires: when each key was written. */
const WRITTEN = ':written';
/** Entries that are saved between two looks at the time: a fraction of a millisecond. */
const ENTRIES_PER_STEP = 256;

/** Things lie as they are; a codec is asked for a snapshot and after a restore only. */
export class HeapState implements StateBackend {
  readonly #restored = new Map<string, StateEntry[]>();
  readonly #saved = new Map<string, BeginSave>();
  readonly #keyed: SavableState<never>[] = [];
  readonly #increments = new Increments();
  /** How many snapshots have begun, or were discarded. */
  #begun = 0;
  /** Resolves when the last snapshot in steps is made, or given up. */
  #made: Promise<void> = Promise.resolve();

  /**
   * @param snapshot of the checkpoint that the job goes on from; null: it begins
   * @param ttl of states that expire, 0 ms: none does unless a query asks for it; null: there is no clock
   * @param store of keyed state that nobody holds; null: it lies in memory too
   * @param isIncremental checkpoints hold what has changed since the one before, where that is less
   */
  constructor(
    snapshot: Uint8Array | null = null,
    private readonly clock: StateTtl | null = null,
    private readonly store: StateStore | null = null,
    private readonly isIncremental = false,
  ) {
    for (const entry of snapshot === null ? [] : decodeSnapshot(snapshot)) {
      const entries = this.#restored.get(entry.state);
      if (entries === undefined) this.#restored.set(entry.state, [entry]);
      else entries.push(entry);
    }
  }

  get ttl(): StateTtl | null {
    return this.clock === null || this.clock.ms === 0 ? null : this.clock;
  }

  ttlOf(ms: number | null | undefined): StateTtl | null {
    if (ms === null || ms === undefined) return this.ttl;
    const { clock } = this;
    return clock === null || ms === 0 ? null : { ms, nowMs: () => clock.nowMs() };
  }

  keyed<T>(
    state: string,
    codec: StateCodec<T>,
    { expires, ttl = this.ttl, isHeld = false }: KeyedStateOptions = { expires: false },
  ): KeyedState<T> {
    if (expires && ttl !== null) return this.#expiring(state, codec, ttl);
    const things = this.#map(state, codec, isHeld);
    for (const { key, value } of this.#take(state)) {
      things.set(key!, codec.load(value));
      this.store?.betweenBatches();
    }
    this.#saved.set(state, (add, onlyChanges) => {
      things.begin((key, thing) => {
        add({ state, key, value: thing === undefined ? undefined : codec.save(thing) });
        return true;
      }, onlyChanges);
      return (most) => things.step(most);
    });
    return things;
  }

  queue<T>(state: string, codec: StateCodec<T>): TimeQueue<T> {
    const queue = new TimeQueue<T>();
    const restored = this.#take(state).map(({ value }) => value as readonly [number, SqlValue, number?]);
    // Those of one time come back in the order in which they came.
    for (const [time, item] of restored.sort((a, b) => (a[2] ?? 0) - (b[2] ?? 0)))
      queue.add(time, codec.load(item));
    this.#saved.set(state, (add) => {
      const waiting = queue.snapshot();
      let at = 0;
      return (most) => {
        for (const end = Math.min(at + most, waiting.length); at < end; at++) {
          const { time, item, order } = waiting[at]!;
          add({ state, key: null, value: [time, codec.save(item), order] });
        }
        return at < waiting.length;
      };
    });
    return queue;
  }

  value<T>(state: string, codec: StateCodec<T>, initial: T): OperatorValue<T> {
    const [restored] = this.#take(state);
    const holder = { value: restored === undefined ? initial : codec.load(restored.value) };
    this.#saved.set(state, (add) => {
      add({ state, key: null, value: codec.save(holder.value) });
      return () => false;
    });
    return holder;
  }

  /** All of it, as an Arrow IPC stream. */
  snapshot(): Uint8Array {
    this.#increments.reset();
    const writer = new SnapshotWriter();
    for (const step of this.#begin(writer, false)) step(Number.POSITIVE_INFINITY);
    return concatenated(writer.finish());
  }

  /**
   * The same of what is there now, or of what has changed, made bit by bit while it may be changed: as much as there is time
   * for at once, the rest as it is read.
   * @param pause called every few entries; resolves when it may go on
   */
  snapshotInSteps(pause: () => Promise<void> | null, { checkpointId, isLast }: Occasion): SnapshotPieces {
    const isWhole = isLast || !this.isIncremental;
    const since = this.#increments.begin(checkpointId, isWhole, this.#size());
    const writer = new SnapshotWriter();
    const steps = this.#begin(writer, since !== null);
    const own = this.#begun;
    const made = deferred<void>();
    this.#made = made.promise;
    const discard = () => {
      made.resolve();
      if (own !== this.#begun) return;
      this.#begun += 1;
      for (const map of this.#keyed) map.end();
    };
    return { since, pieces: inPieces(writer, steps, pause, () => own === this.#begun, discard), discard };
  }

  /** What comes after that checkpoint may lean on it. */
  checkpointCompleted(checkpointId: number): void {
    this.#increments.completed(checkpointId);
  }

  /** Nobody holds a thing of the state: some may be put away. */
  betweenBatches(): void {
    this.store?.betweenBatches();
  }

  /**
   * What lies in a store is there until the last snapshot is made or discarded.
   * @param signal when it is aborted the store is closed at once, and a snapshot that is being read is refused
   */
  async close(signal: AbortSignal = AbortSignal.abort()): Promise<void> {
    if (this.store === null) return;
    await untilAborted(signal, this.#made).catch(() => undefined);
    await this.store.close();
  }

  #map<T>(state: string, codec: StateCodec<T>, isHeld = false): SavableState<T> {
    const map =
      this.store === null || isHeld
        ? new SteppedMap<T>(this.isIncremental)
        : this.store.keyed(state, codec, this.isIncremental);
    this.#keyed.push(map as SavableState<never>);
    return map;
  }

  #size(): { readonly all: number; readonly changed: number } {
    const sizes = this.#keyed.map(({ size }) => size);
    return {
      all: sizes.reduce((sum, { all }) => sum + all, 0),
      changed: sizes.reduce((sum, { changed }) => sum + changed, 0),
    };
  }

  #begin(writer: SnapshotWriter, onlyChanges: boolean): ((most: number) => boolean)[] {
    this.#begun += 1;
    return [...this.#saved.values()].map((begin) => begin((entry) => writer.add(entry), onlyChanges));
  }

  /** What was stored without times counts as written now. */
  #expiring<T>(state: string, codec: StateCodec<T>, ttl: StateTtl): KeyedState<T> {
    const written = this.#map<Written<T>>(state, {
      save: ({ thing, atMs }) => [codec.save(thing), atMs],
      load: (saved) => {
        const [thing, atMs] = saved as readonly [SqlValue, number];
        return { thing: codec.load(thing), atMs };
      },
    });
    const things = new ExpiringMap<T>(ttl, written);
    const times = new Map(this.#take(state + WRITTEN).map(({ key, value }) => [key, value as number]));
    const nowMs = ttl.nowMs();
    const entries = this.#take(state).map(({ key, value }) => ({
      key,
      value,
      atMs: times.get(key) ?? nowMs,
    }));
    // What was asked for while a snapshot was made, and what has changed since the one it leans on, came first.
    for (const { key, value, atMs } of entries.sort((a, b) => a.atMs - b.atMs)) {
      things.restore(key!, codec.load(value), atMs);
      this.store?.betweenBatches();
    }
    this.#saved.set(state, (add, onlyChanges) => {
      const save = (key: string, { thing, atMs }: Written<T>) => {
        add({ state, key, value: codec.save(thing) });
        add({ state: state + WRITTEN, key, value: atMs });
      };
      const forget = (key: string) => {
        add({ state, key, value: undefined });
        add({ state: state + WRITTEN, key, value: undefined });
      };
      written.begin((key, entry) => {
        const isThere = entry !== undefined && !things.isExpired(entry);
        if (isThere) save(key, entry);
        else if (onlyChanges) forget(key);
        return isThere;
      }, onlyChanges);
      return (most) => written.step(most);
    });
    return things;
  }

  #take(name: string): StateEntry[] {
    const entries = this.#restored.get(name) ?? [];
    this.#restored.delete(name);
    return entries;
  }
}

/** Pieces are made while there is time, then while they are read. */
function inPieces(
  writer: SnapshotWriter,
  steps: readonly ((most: number) => boolean)[],
  pause: () => Promise<void> | null,
  isLatest: () => boolean,
  onEnd: () => void,
): AsyncIterable<Uint8Array> {
  const rest = [...steps];
  /** Null: all is saved. */
  const goOn = (): Promise<void> | null => {
    while (rest.length > 0) {
      if (!rest[0]!(ENTRIES_PER_STEP)) rest.shift();
      const paused = pause();
      if (paused !== null) return paused;
    }
    return null;
  };
  let paused = goOn();
  // Whoever reads it is told; perhaps nobody does.
  paused?.catch(() => undefined);
  if (paused === null) onEnd();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (; paused !== null; paused = goOn()) {
        yield* writer.take();
        await paused;
        if (!isLatest())
          throw new InternalError('CHECKPOINT_REFUSED', 'Another checkpoint has begun meanwhile.');
      }
    } finally {
      onEnd();
    }
    yield* writer.finish();
  }
  return pieces();
}
