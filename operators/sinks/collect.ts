/** The sink of a SELECT: its batches go to the reader of the result. */
import {
  type Barrier,
  type Batch,
  loadBatch,
  type Operator,
  type OperatorContext,
  type Watermark,
} from '../../core/index.js';
import type { ResultQueue } from './result-queue.js';

/** Keeps nothing: a batch is on its edge until the reader has taken it. */
export class CollectSink implements Operator {
  #context!: OperatorContext;

  constructor(private readonly results: ResultQueue) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    context.signal.addEventListener('abort', () => this.results.finish(context.signal.reason), {
      once: true,
    });
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

  isWorking(): boolean {
    return true;
  }
}
