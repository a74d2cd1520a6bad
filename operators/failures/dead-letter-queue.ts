/** Dead letters on their way to a table: from the stages that give rows up to the source that the table's sink reads. */
import type { DeadLetter, LetterWriter } from './dead-letter.js';

interface Waiting {
  readonly letters: readonly DeadLetter[];
  readonly taken: () => void;
}

/**
 * Keeps nothing beyond what its writers wait with: the bundle whose letters are not taken is not answered, so that
 * letters are bounded as bundles in flight are. One reader.
 */
export class DeadLetterQueue implements LetterWriter {
  readonly #waiting: Waiting[] = [];
  #reader: ((letters: readonly DeadLetter[] | null) => void) | null = null;
  #hasEnded = false;

  constructor(readonly place: string) {}

  /** Resolves when the reader has taken the letters, or the queue has ended. */
  write(letters: readonly DeadLetter[]): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    if (this.#reader !== null) {
      this.#give(letters);
      return Promise.resolve();
    }
    return new Promise((taken) => this.#waiting.push({ letters, taken }));
  }

  /** The next letters; null when the queue has ended. */
  take(): Promise<readonly DeadLetter[] | null> {
    const first = this.#waiting.shift();
    if (first !== undefined) {
      first.taken();
      return Promise.resolve(first.letters);
    }
    if (this.#hasEnded) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  /** Nobody writes any more; the reader still gets what waits. */
  end(): void {
    this.#hasEnded = true;
    this.#give(null);
  }

  /** Nobody reads any more: what waits is let go of. */
  abandon(): void {
    for (const { taken } of this.#waiting.splice(0)) taken();
    this.end();
  }

  #give(letters: readonly DeadLetter[] | null): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.(letters);
  }
}
