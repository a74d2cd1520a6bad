/** What operators remember between rows, and how it is told to a checkpoint. */
import type { SqlValue } from '../batch/value.js';
import type { TimeQueue } from './time-queue.js';

/** How a thing of an operator becomes plain data and comes back. `load` makes a new thing, equal to the saved one. */
export interface StateCodec<T> {
  save(thing: T): SqlValue;
  load(saved: SqlValue): T;
}

/**
 * One thing for each key. What `get` gives may be changed in place, what `values` gives may not; of a state that expires `set`
 * says that it was.
 */
export interface KeyedState<T> {
  get(key: string): T | undefined;
  set(key: string, thing: T): void;
  delete(key: string): void;
  values(): Iterable<T>;
}

export interface KeyedStateOptions {
  /** A thing that has not been set for the time to live is forgotten. */
  readonly expires: boolean;
  /** In the place of the job's time to live; null: it does not expire. */
  readonly ttl?: StateTtl | null;
  /** The operator holds things of it from one batch to the next: they stay in memory. */
  readonly isHeld?: boolean;
}

/** Gets a thing as it was when the saving began, once; undefined: it is no longer there. False: it has expired, and may be removed. */
export type SaveThing<T> = (key: string, thing: T | undefined) => boolean;

/** Keyed state that is saved bit by bit, while it is already being changed. */
export interface SavableState<T> extends KeyedState<T> {
  /** Entries; `changed` since the last `begin`, or more: `Infinity` where it is not known which. */
  readonly size: { readonly all: number; readonly changed: number };
  /**
   * From here on `save` gets what is there now; an earlier one gets no more.
   * @param onlyChanges since the last call; not where `size` does not know them
   */
  begin(save: SaveThing<T>, onlyChanges: boolean): void;
  /** Saves some more; false when nothing is left to be saved. */
  step(most: number): boolean;
  /** Nobody wants the rest: `save` gets no more. */
  end(): void;
  /** Some that came first; none where that is not known. */
  oldest(): Iterable<readonly [string, T]>;
}

/** Where keyed state lies that need not stay in memory. */
export interface StateStore {
  /** @param tracksChanges what has changed may be asked for */
  keyed<T>(name: string, codec: StateCodec<T>, tracksChanges: boolean): SavableState<T>;
  /** Nobody holds a thing: some may be put away. */
  betweenBatches(): void;
  close(): Promise<void>;
}

/** How long state that expires is kept after it was written, by which clock. */
export interface StateTtl {
  readonly ms: number;
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** One thing of the whole operator. */
export interface OperatorValue<T> {
  value: T;
}

/**
 * Keeps the state of one operator. Each name is asked for once, while the operator is made; where the job goes on from a
 * checkpoint, what it gives holds what was there then. A name says the same in every version of an operator.
 */
export interface StateBackend {
  /** Of the states that expire; null: none does. */
  readonly ttl: StateTtl | null;
  /** The time to live that a query asks for (0: none); null, undefined: `ttl`. */
  ttlOf(ms: number | null | undefined): StateTtl | null;
  keyed<T>(name: string, codec: StateCodec<T>, options?: KeyedStateOptions): KeyedState<T>;
  /** Things that wait for a moment. */
  queue<T>(name: string, codec: StateCodec<T>): TimeQueue<T>;
  value<T>(name: string, codec: StateCodec<T>, initial: T): OperatorValue<T>;
}

/** Plain data. */
export function plain<T extends SqlValue>(): StateCodec<T> {
  return { save: (thing) => thing, load: (saved) => saved as T };
}
