/**
 * The workers of a Python stage. Where its functions declare a range (`concurrency=(1, 8)`), it begins with the fewest:
 * one more comes when all have more than keeps them busy, and goes when it has had nothing to do for a while.
 */
import type { Bundle, BundleResult, FunctionStageHandle } from '../../bridge/index.js';
import { ResourceError, type Timers } from '../../core/index.js';
import { Dispatcher } from './dispatcher.js';

/** The stage in one worker. */
export interface StageWorker {
  readonly handle: FunctionStageHandle;
  /** The stage was closed there and the worker is not needed any more. */
  retire(): Promise<void>;
}

/** Opens the stage in its `subtask`th worker. */
export type OpenStageWorker = (subtask: number) => Promise<StageWorker>;

export interface StageWorkersOptions {
  readonly least: number;
  readonly most: number;
  readonly isElastic: boolean;
  readonly open: OpenStageWorker;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/** A worker that comes costs milliseconds and its imports, so it goes only after a pause that says there is no more. */
const IDLE_MS = 10_000;

export class StageWorkers {
  readonly #dispatcher: Dispatcher;
  readonly #workers: (StageWorker | undefined)[] = [];
  readonly #idle = new Map<number, () => void>();
  /** A worker comes or goes. */
  #change: Promise<void> | null = null;
  #mayGrow: boolean;
  #isClosed = false;

  constructor(private readonly options: StageWorkersOptions) {
    const { least, most, isElastic } = options;
    this.#dispatcher = new Dispatcher(most, isElastic ? least : most);
    this.#mayGrow = isElastic;
  }

  /** Workers that take bundles. */
  get count(): number {
    return this.#dispatcher.open;
  }

  /** Opens the workers that it begins with, side by side. */
  async open(): Promise<void> {
    const opening = Array.from({ length: this.count }, async (_, i) => {
      this.#workers[i] = await this.options.open(i);
    });
    await Promise.all(opening);
  }

  /** Processes a bundle in the least busy worker. */
  async process(bundle: Bundle, bytes: number): Promise<BundleResult> {
    const worker = this.#dispatcher.assign(bytes, bundle.continued);
    this.#idle.get(worker)?.();
    this.#idle.delete(worker);
    if (this.#mayGrow && this.#change === null && this.#dispatcher.isBehind) this.#grow();
    try {
      return await this.#workers[worker]!.handle.process(bundle);
    } finally {
      this.#dispatcher.settle(worker, bytes);
      if (this.options.isElastic && this.#dispatcher.isIdle(worker)) this.#watchIdle(worker);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#idle.values()) cancel();
    this.#idle.clear();
    await this.#change;
    await Promise.allSettled(this.#workers.map((worker) => worker?.handle.close()));
  }

  #grow(): void {
    const next = this.#dispatcher.closed;
    if (next === null) return;
    this.#change = this.#add(next).finally(() => {
      this.#change = null;
    });
  }

  async #add(next: number): Promise<void> {
    try {
      const worker = await this.options.open(next);
      this.#workers[next] = worker;
      if (!this.#isClosed) this.#dispatcher.setOpen(next, true);
    } catch (error) {
      // Others took the memory: it goes on with the workers that it has.
      if (error instanceof ResourceError) this.#mayGrow = false;
      else if (!this.#isClosed) this.options.onError(error);
    }
  }

  #watchIdle(worker: number): void {
    if (this.#isClosed || this.count <= this.options.least) return;
    const cancel = this.options.timers.after(IDLE_MS, () => {
      this.#idle.delete(worker);
      if (this.count > this.options.least && this.#dispatcher.isIdle(worker)) this.#shrink(worker);
    });
    this.#idle.get(worker)?.();
    this.#idle.set(worker, cancel);
  }

  #shrink(worker: number): void {
    if (this.#change !== null) {
      this.#watchIdle(worker);
      return;
    }
    this.#dispatcher.setOpen(worker, false);
    const { handle, retire } = this.#workers[worker]!;
    this.#workers[worker] = undefined;
    this.#change = handle
      .close()
      .then(retire)
      .catch((error: unknown) => this.options.onError(error))
      .finally(() => {
        this.#change = null;
      });
  }
}
