/** Hands batches from a running job to whoever reads the result: one at a time, so the reader's pace is the job's. */
import type { Batch } from '../../core/index.js';

/** A queue of one. `put` resolves when the reader has taken the batch and asked for the next one. */
export class ResultQueue implements AsyncIterableIterator<Batch> {
  #waiting: { readonly batch: Batch; readonly taken: () => void } | null = null;
  #reader: { resolve(result: IteratorResult<Batch>): void; reject(error: unknown): void } | null = null;
  #outcome: { readonly error: unknown } | 'done' | null = null;
  #abandoned: () => void = () => {};
  #hasGiven = false;
  readonly #tell: (error: unknown) => unknown;

  /** @param tell what the reader gets instead of an error */
  constructor(tell: (error: unknown) => unknown = (error) => error) {
    this.#tell = tell;
  }

  /** The reader has some of the rows. */
  get hasGiven(): boolean {
    return this.#hasGiven;
  }

  /** Takes back a batch that still waits: its rows will come again. */
  withdraw(): void {
    this.#waiting?.taken();
    this.#waiting = null;
  }

  /** Called when the reader leaves before the end. */
  onAbandoned(listener: () => void): void {
    this.#abandoned = listener;
  }

  put(batch: Batch): Promise<void> {
    if (this.#outcome !== null) return Promise.resolve();
    return new Promise((taken) => {
      if (this.#reader !== null) {
        const reader = this.#reader;
        this.#reader = null;
        this.#hasGiven = true;
        reader.resolve({ value: batch, done: false });
        taken();
      } else {
        this.#waiting = { batch, taken };
      }
    });
  }

  /** The job has ended; with an error, the reader gets it after the batch that waits. */
  finish(error: unknown = null): void {
    if (this.#outcome !== null) return;
    this.#outcome = error === null ? 'done' : { error: this.#tell(error) };
    const reader = this.#reader;
    this.#reader = null;
    if (reader === null) return;
    if (this.#outcome === 'done') reader.resolve({ value: undefined, done: true });
    else reader.reject(this.#outcome.error);
  }

  async next(): Promise<IteratorResult<Batch>> {
    if (this.#waiting !== null) {
      const { batch, taken } = this.#waiting;
      this.#waiting = null;
      this.#hasGiven = true;
      taken();
      return { value: batch, done: false };
    }
    if (this.#outcome === 'done') return { value: undefined, done: true };
    if (this.#outcome !== null) throw this.#outcome.error;
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  async return(): Promise<IteratorResult<Batch>> {
    const left = this.#outcome === null;
    this.#outcome ??= 'done';
    this.#waiting?.taken();
    this.#waiting = null;
    if (left) this.#abandoned();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
