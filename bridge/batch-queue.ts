/** Output of a relational stage on its way to its one reader. */
import { InternalError, releaseGroups } from '../core/index.js';
import type { SequencedBatch } from './api.js';

export class BatchQueue implements AsyncIterableIterator<SequencedBatch> {
  readonly #batches: SequencedBatch[] = [];
  readonly #onTaken: (batch: SequencedBatch) => void;
  #reader: Reader | null = null;
  #ended = false;
  #error: Error | null = null;

  /** @param onTaken called when the reader gets a batch */
  constructor(onTaken: (batch: SequencedBatch) => void) {
    this.#onTaken = onTaken;
  }

  push(batch: SequencedBatch): void {
    this.#batches.push(batch);
    this.#serve();
  }

  /** No more batches; those that wait are still given. */
  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /** The reader gets `error` at once; batches that wait are dropped. */
  fail(error: Error): void {
    this.#error ??= error;
    this.drop();
    this.#serve();
  }

  /** Forgets the batches that wait. */
  drop(): void {
    for (const { groups } of this.#batches.splice(0)) releaseGroups(groups);
  }

  next(): Promise<IteratorResult<SequencedBatch>> {
    if (this.#reader !== null) {
      return Promise.reject(
        new InternalError('STAGE_READERS', 'The output of a stage has one reader at a time.'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serve();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    const reader = this.#reader;
    if (reader === null) {
      return;
    }
    const batch = this.#batches.shift();
    if (batch !== undefined) {
      this.#reader = null;
      this.#onTaken(batch);
      reader.resolve({ value: batch, done: false });
    } else if (this.#error !== null) {
      this.#reader = null;
      reader.reject(this.#error);
    } else if (this.#ended) {
      this.#reader = null;
      reader.resolve({ value: undefined, done: true });
    }
  }
}

interface Reader {
  readonly resolve: (result: IteratorResult<SequencedBatch>) => void;
  readonly reject: (error: unknown) => void;
}
