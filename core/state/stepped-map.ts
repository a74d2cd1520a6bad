/** A map whose content at one moment is saved bit by bit, while it is already being changed. */
import type { SavableState, SaveThing } from './state-backend.js';

/**
 * While it is saved there are two maps: what has not been saved moves over, in its order or because somebody asks for it.
 * So a thing is saved before it can be changed, and nothing is copied.
 */
export class SteppedMap<T> implements SavableState<T> {
  #things = new Map<string, T>();
  #rest: Map<string, T> | null = null;
  #walk: Iterator<[string, T]> | null = null;
  #save: SaveThing<T> = () => true;

  get(key: string): T | undefined {
    const thing = this.#things.get(key);
    return thing === undefined && this.#rest !== null ? this.#move(key) : thing;
  }

  set(key: string, thing: T): void {
    if (this.#rest !== null) this.#move(key);
    this.#things.set(key, thing);
  }

  delete(key: string): void {
    if (this.#rest !== null) this.#move(key);
    this.#things.delete(key);
  }

  *values(): Generator<T> {
    for (const [, thing] of this.entries()) yield thing;
  }

  /** What has to be saved is saved first. */
  entries(): IterableIterator<[string, T]> {
    this.step(Number.POSITIVE_INFINITY);
    return this.#things.entries();
  }

  /** Those that came first, without what has not been saved yet. */
  oldest(): Iterable<[string, T]> {
    return this.#things;
  }

  /** From here on `save` gets what is there now. What an earlier call had left is saved first. */
  begin(save: SaveThing<T>): void {
    this.step(Number.POSITIVE_INFINITY);
    this.#save = save;
    this.#rest = this.#things;
    this.#walk = this.#rest.entries();
    this.#things = new Map();
  }

  /** Saves some more; false when nothing is left to be saved. */
  step(most: number): boolean {
    for (let left = most; left > 0 && this.#walk !== null; left--) {
      const next = this.#walk.next();
      if (next.done === true) {
        this.#rest = null;
        this.#walk = null;
      } else this.#move(next.value[0]);
    }
    return this.#walk !== null;
  }

  #move(key: string): T | undefined {
    const rest = this.#rest!;
    const thing = rest.get(key);
    if (thing === undefined) return undefined;
    this.#save(key, thing);
    rest.delete(key);
    this.#things.set(key, thing);
    return thing;
  }
}
