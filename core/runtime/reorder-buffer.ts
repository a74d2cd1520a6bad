import { type Batch, batchBytes } from '../batch/batch.js';
import { ByteBudget, type ByteLease } from './byte-budget.js';
import { type Deferred, deferred } from './deferred.js';
import { ELEMENT_OVERHEAD_BYTES } from './exchange-channel.js';

/** A batch that waits outside memory until it is emitted. */
export interface WaitingBatch {
  /** What it will take in memory. */
  readonly bytes: number;
  load(): Promise<Batch>;
}

export interface ReorderBufferOptions {
  /** Bytes of inputs and outputs in flight. An input is held until its work is done, its output until it is emitted. */
  readonly capacityBytes: number;
  /** Works and marks that may be in flight whatever they weigh; more are only as far as their outputs should fit. */
  readonly leastInFlight: number;
  /** Results leave as soon as they are there; marks still keep their place. False where not given. */
  readonly anyOrder?: boolean;
  readonly emit: (batch: Batch) => Promise<void>;
  /** Called once, with the first failure of a work, a mark or `emit`. */
  readonly onError: (error: unknown) => void;
}

/**
 * Lets works finish in any order and emits their results in the order of submission. Marks (watermarks, barriers)
 * keep their place among them. A slow head of line, or a slow reader of large outputs, stalls the submissions behind
 * it instead of growing the buffer: a work is admitted by what its output should weigh, going by those before it.
 */
export class ReorderBuffer {
  private readonly budget: ByteBudget;
  private readonly queue: Entry[] = [];
  private admission: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;
  private emitting = false;
  /** Most bytes of output for a byte of input so far; null before the first output. */
  private expansion: number | null = null;
  private readonly drained: Deferred<void>[] = [];

  constructor(private readonly options: ReorderBufferOptions) {
    this.budget = new ByteBudget(options.capacityBytes, options.leastInFlight);
  }

  /** Bytes of inputs and outputs held now. */
  get usedBytes(): number {
    return this.budget.usedBytes;
  }

  /**
   * Starts `work` as soon as there is room for its input, and resolves then: awaiting it is the backpressure.
   * @throws the error that failed the buffer
   */
  submit(inputBytes: number, work: () => Promise<readonly (Batch | WaitingBatch)[]>): Promise<void> {
    const input = inputBytes + ELEMENT_OVERHEAD_BYTES;
    const start = (entry: Entry) => {
      work().then(
        (batches) => {
          const output = totalBytes(batches) + ELEMENT_OVERHEAD_BYTES;
          this.expansion = Math.max(this.expansion ?? 1, output / input);
          entry.lease.resize(output);
          entry.ready = async () => {
            for (const batch of batches) {
              await this.options.emit('load' in batch ? await batch.load() : batch);
            }
          };
          this.emitReady();
        },
        (error: unknown) => this.fail(error),
      );
    };
    return this.admit(() => this.expectedBytes(input), start);
  }

  /** Runs `action` when everything submitted before has been emitted, and before anything submitted after. */
  mark(action: () => Promise<void>): Promise<void> {
    return this.admit(
      () => ELEMENT_OVERHEAD_BYTES,
      (entry) => {
        entry.ready = action;
        this.emitReady();
      },
      true,
    );
  }

  /** Resolves when everything submitted so far has been emitted. */
  async drain(): Promise<void> {
    await this.admission;
    if (this.failure !== null) throw this.failure.error;
    if (this.queue.length === 0 && !this.emitting) return;
    const waiter = deferred<void>();
    this.drained.push(waiter);
    await waiter.promise;
  }

  /** Stops: nothing more is emitted, everybody who waits gets `error`. `onError` is called once. */
  fail(error: unknown): void {
    if (this.failure !== null) return;
    this.failure = { error };
    this.budget.fail(error);
    this.queue.length = 0;
    for (const waiter of this.drained.splice(0)) waiter.reject(error);
    this.options.onError(error);
  }

  private expectedBytes(input: number): number {
    return this.expansion === null ? this.options.capacityBytes : Math.ceil(input * this.expansion);
  }

  /** Admissions go one after the other, so that places in the queue are given in the order of the calls. */
  private admit(bytes: () => number, start: (entry: Entry) => void, isMark = false): Promise<void> {
    const admitted = this.admission.then(async () => {
      const entry: Entry = { isMark, lease: await this.budget.acquire(bytes()), ready: null };
      this.queue.push(entry);
      start(entry);
    });
    this.admission = admitted.catch(() => {});
    return admitted;
  }

  /** The entry to emit: the head, or in any order the first that is ready and has no mark before it. */
  private nextReady(): Entry | null {
    for (const [i, entry] of this.queue.entries()) {
      if (entry.ready !== null && (i === 0 || !entry.isMark)) return entry;
      if (entry.isMark || this.options.anyOrder !== true) return null;
    }
    return null;
  }

  private async emitReady(): Promise<void> {
    if (this.emitting) return;
    this.emitting = true;
    try {
      for (let next = this.nextReady(); next !== null; next = this.nextReady()) {
        await next.ready!();
        if (this.failure !== null) return;
        this.queue.splice(this.queue.indexOf(next), 1);
        next.lease.release();
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.emitting = false;
    }
    if (this.queue.length === 0) for (const waiter of this.drained.splice(0)) waiter.resolve();
  }
}

interface Entry {
  readonly isMark: boolean;
  readonly lease: ByteLease;
  /** Emits the entry; null until its work is done. */
  ready: (() => Promise<void>) | null;
}

/** Of those that wait outside, one is in memory at a time. */
function totalBytes(batches: readonly (Batch | WaitingBatch)[]): number {
  let held = 0;
  let loaded = 0;
  for (const batch of batches) {
    if ('load' in batch) loaded = Math.max(loaded, batch.bytes);
    else held += batchBytes(batch);
  }
  return held + loaded;
}
