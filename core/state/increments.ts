/** Which checkpoints of an operator hold all of its state, and which only what has changed. */

/** Below that all of it is saved: a file more would cost more than it spares. */
const LEAST_ENTRIES = 1_024;
/** Snapshots that one of changes may lean on. */
const MOST_BEFORE = 63;

/**
 * Changes lean on the snapshot before them, once its checkpoint is complete. When those since the last whole one would be
 * more than the state has entries, the next is whole: what is written and read stays below twice the state and its changes.
 */
export class Increments {
  #last: { readonly id: number; isComplete: boolean } | null = null;
  #before = 0;
  #changes = 0;

  /**
   * The checkpoint that `id` holds the changes since; null: it holds all of it.
   * @param isWhole it is to lean on nothing, and nothing leans on it
   */
  begin(
    id: number,
    isWhole: boolean,
    { all, changed }: { readonly all: number; readonly changed: number },
  ): number | null {
    const since = !isWhole && this.#last?.isComplete === true ? this.#last.id : null;
    this.#last = isWhole ? null : { id, isComplete: false };
    const fits = this.#changes + changed <= all && all >= LEAST_ENTRIES && this.#before < MOST_BEFORE;
    if (since !== null && fits) {
      this.#before += 1;
      this.#changes += changed;
      return since;
    }
    this.#before = 0;
    this.#changes = 0;
    return null;
  }

  /** The state was given away otherwise: what has changed since the last checkpoint is not known. */
  reset(): void {
    this.#last = null;
  }

  /** All of that checkpoint is stored. */
  completed(id: number): void {
    if (this.#last?.id === id) this.#last.isComplete = true;
  }
}
