/** The `blackhole` connector: takes rows and drops them. */
import type { Barrier, Batch, Operator, OperatorContext, Watermark } from '../../core/index.js';

/** Counts its rows and keeps nothing. */
export class BlackholeSink implements Operator {
  #context!: OperatorContext;

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
  }

  async processBatch(_batch: Batch): Promise<void> {}

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(barrier: Barrier): Promise<void> {
    this.#context.acknowledge(barrier.checkpointId, null);
  }

  async endInput(): Promise<void> {}

  async close(): Promise<void> {}
}
