/** The sink of a SELECT: its batches go to the reader of the result. */
import {
  type Barrier,
  type Batch,
  isRestart,
  loadBatch,
  type Operator,
  type OperatorContext,
  type Watermark,
} from '../../core/index.js';
import type { ResultQueue } from './result-queue.js';

/** Keeps nothing: a batch is on its edge until the reader has taken it. */
export class CollectSink implements Operator {
  #context!: OperatorContext;

  /** @param endsResult whether the reader is told of what the job stopped with: no other attempt of it follows */
  constructor(
    private readonly results: ResultQueue,
    private readonly endsResult: (reason: unknown) => boolean,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    const onAbort = () => {
      const { reason } = context.signal;
      if (isRestart(reason) || !this.endsResult(reason)) this.results.withdraw();
      else this.results.finish(reason);
    };
    context.signal.addEventListener('abort', onAbort, { once: true });
  }

  async processBatch(batch: Batch): Promise<void> {
    // Its reader may take longer than the edge holds it.
    await this.results.put(loadBatch(batch));
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(barrier: Barrier): Promise<void> {
    this.#context.acknowledge(barrier.checkpointId, null);
  }

  async endInput(): Promise<void> {}

  async close(): Promise<void> {}

  whyNotAgain(): string | null {
    return this.results.hasGiven ? 'rows of the result have been given to their reader' : null;
  }

  isWorking(): boolean {
    return true;
  }
}
