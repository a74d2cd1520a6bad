/** A map whose content at one moment is saved bit by bit, while it is already being changed. */
import type { SavableState, SaveThing } from './state-backend.js';

/**
 * Says what a thing is for the saving that goes on, and for the next one. An epoch is two numbers, the even one for what was
 * there when it began:
 *
 * the epoch: asked for since it began · the epoch + 1: new since it began · minus the epoch: saved, and not asked for since ·
 * anything else: not looked at in this epoch; asked for in the last one where it is one of its two numbers
 */
type Mark = number;

interface Cell<T> {
  thing: T;
  mark: Mark;
}

/** Keys whose going is remembered for each that is there; beyond it all is saved anew. */
const MOST_GONE = 2;
/** So many are remembered in any case. */
const LEAST_GONE = 10_000;

/** A thing is saved before who asks for it can change it. Nothing is copied and nothing moves. */
export class SteppedMap<T> implements SavableState<T> {
  readonly #cells = new Map<string, Cell<T>>();
  #epoch = 2;
  /** Asked for, new or gone since the epoch began. */
  #changed = 0;
  /** Keys of what was there when the epoch began and is no longer; null: too many, or nobody asks. */
  #gone: Set<string> | null;
  #walk: Iterator<[string, Cell<T>]> | null = null;
  #goneWalk: Iterator<string> | null = null;
  /** What has not been asked for in the last epoch is not saved. */
  #savesChanges = false;
  #save: SaveThing<T> = () => true;

  /** @param tracksChanges false: all of it is saved each time */
  constructor(private readonly tracksChanges = false) {
    this.#gone = tracksChanges ? new Set() : null;
  }

  get(key: string): T | undefined {
    const cell = this.#cells.get(key);
    if (cell === undefined) return undefined;
    if (cell.mark < this.#epoch) this.#touch(key, cell);
    return cell.thing;
  }

  set(key: string, thing: T): void {
    const cell = this.#cells.get(key);
    if (cell === undefined) {
      const wasThere = this.#gone?.delete(key) === true;
      if (!wasThere) this.#changed += 1;
      this.#cells.set(key, { thing, mark: wasThere ? this.#epoch : this.#epoch + 1 });
      return;
    }
    if (cell.mark < this.#epoch) this.#touch(key, cell);
    cell.thing = thing;
  }

  delete(key: string): void {
    const cell = this.#cells.get(key);
    if (cell === undefined) return;
    if (cell.mark < this.#epoch) this.#touch(key, cell);
    this.#cells.delete(key);
    if (cell.mark === this.#epoch) this.#goes(key);
    else this.#changed -= 1;
  }

  *values(): Generator<T> {
    for (const [, { thing }] of this.#cells) yield thing;
  }

  *oldest(): Generator<readonly [string, T]> {
    for (const [key, { thing }] of this.#cells) yield [key, thing];
  }

  get size(): { readonly all: number; readonly changed: number } {
    const isKnown = this.#gone !== null;
    return { all: this.#cells.size, changed: isKnown ? this.#changed : Number.POSITIVE_INFINITY };
  }

  begin(save: SaveThing<T>, onlyChanges: boolean): void {
    this.#save = save;
    this.#savesChanges = onlyChanges;
    this.#goneWalk = onlyChanges ? this.#gone!.values() : null;
    this.#gone = this.tracksChanges ? new Set() : null;
    this.#epoch += 2;
    this.#changed = 0;
    this.#walk = this.#cells.entries();
  }

  step(most: number): boolean {
    for (let left = most; left > 0 && this.#walk !== null; left--) {
      const gone = this.#goneWalk?.next();
      if (gone !== undefined && gone.done !== true) {
        this.#save(gone.value, undefined);
        continue;
      }
      this.#goneWalk = null;
      const next = this.#walk.next();
      if (next.done === true) this.#walk = null;
      else if (next.value[1].mark < this.#epoch) this.#saveOnce(next.value[0], next.value[1]);
    }
    return this.#walk !== null;
  }

  end(): void {
    this.#save = () => true;
    this.#goneWalk = null;
    this.#walk = null;
  }

  /** From here on it may be changed. */
  #touch(key: string, cell: Cell<T>): void {
    if (this.#walk !== null) this.#saveOnce(key, cell);
    cell.mark = this.#epoch;
    this.#changed += 1;
  }

  #saveOnce(key: string, cell: Cell<T>): void {
    if (cell.mark === -this.#epoch) return;
    if (this.#savesChanges && cell.mark < this.#epoch - 2) return;
    this.#save(key, cell.thing);
    cell.mark = -this.#epoch;
  }

  #goes(key: string): void {
    if (this.#gone === null) return;
    this.#gone.add(key);
    if (this.#gone.size > LEAST_GONE + MOST_GONE * this.#cells.size) this.#gone = null;
  }
}
