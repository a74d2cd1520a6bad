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

  #clean(): void {
    let left = CLEANED_PER_WRITE;
    for (const [key, written] of this.things.oldest()) {
      if (left === 0 || !this.isExpired(written)) return;
      this.things.delete(key);
      left -= 1;
    }
  }
}
