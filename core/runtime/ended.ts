/** Stages that had ended in the checkpoint that a job goes on from: they take nothing, give nothing, and end again. */
import type { Barrier, Batch, Watermark } from '../batch/batch.js';
import type { Operator, OperatorContext, SourceOperator } from './operator.js';

/** A barrier is not acknowledged: in the next checkpoint the stage has ended too. */
export class EndedSource implements SourceOperator {
  async open(_context: OperatorContext): Promise<void> {}
  async run(): Promise<void> {}
  async snapshot(_barrier: Barrier): Promise<void> {}
  async close(): Promise<void> {}
}

/** Its inputs may go on for others: a LIMIT that was reached over a source that several read. */
export class EndedOperator implements Operator {
  async open(context: OperatorContext): Promise<void> {
    context.stopInputs();
  }

  async processBatch(_batch: Batch, _input: number): Promise<void> {}
  async processWatermark(_watermark: Watermark): Promise<void> {}
  async snapshot(_barrier: Barrier): Promise<void> {}
  async endInput(_input: number): Promise<void> {}
  async close(): Promise<void> {}
}
