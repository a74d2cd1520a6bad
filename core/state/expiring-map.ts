/** Things that are forgotten when they have not been written for so long: `table.exec.state.ttl`. */
import type { KeyedState, SavableState, StateTtl } from './state-backend.js';

/** A thing with its time. */
export interface Written<T> {
  readonly thing: T;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** Expired things that are looked for with each write. */
const CLEANED_PER_WRITE = 2;

/** What has expired is never given, and cleaned up with later writes. */
export class ExpiringMap<T> implements KeyedState<T> {
  #walk: Iterator<readonly [string, Written<T>]> | null = null;
  /** Where the walk is. */
  #oldest: readonly [string, Written<T>] | null = null;

  /** @param things to be saved by who made it */
  constructor(
    private readonly ttl: StateTtl,
    private readonly things: SavableState<Written<T>>,
  ) {}

  get(key: string): T | undefined {
    const found = this.things.get(key);
    if (found === undefined) return undefined;
    if (!this.isExpired(found)) return found.thing;
    this.things.delete(key);
    return undefined;
  }

  set(key: string, thing: T): void {
    this.restore(key, thing, this.ttl.nowMs());
    this.#clean();
  }

  delete(key: string): void {
    this.things.delete(key);
  }

  *values(): Generator<T> {
    for (const written of this.things.values()) if (!this.isExpired(written)) yield written.thing;
  }

  /** Puts a thing that was written at another time, not before those that are there. */
  restore(key: string, thing: T, atMs: number): void {
    this.things.delete(key);
    this.things.set(key, { thing, atMs });
  }

  isExpired({ atMs }: Pick<Written<T>, 'atMs'>): boolean {
    return atMs + this.ttl.ms <= this.ttl.nowMs();
  }

  /** One walk goes on from call to call: a new one would pass what was deleted at the front of a map again. */
  #clean(): void {
    for (let left = CLEANED_PER_WRITE; left > 0; left--) {
      this.#oldest ??= this.#nextOldest();
      if (this.#oldest === null || !this.isExpired(this.#oldest[1])) return;
      const [key, written] = this.#oldest;
      // One that was written again stands further behind.
      if (this.things.get(key) === written) this.things.delete(key);
      this.#oldest = null;
    }
  }

  #nextOldest(): readonly [string, Written<T>] | null {
    this.#walk ??= this.things.oldest()[Symbol.iterator]();
    const next = this.#walk.next();
    if (next.done !== true) return next.value;
    this.#walk = null;
    return null;
  }
}
