/** A source that had ended in the checkpoint that the job goes on from. */
import type { Barrier, OperatorContext, SourceOperator } from '../../core/index.js';

export class EndedSource implements SourceOperator {
  #context!: OperatorContext;

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
  }

  async run(): Promise<void> {}

  async snapshot(barrier: Barrier): Promise<void> {
    this.#context.acknowledge(barrier.checkpointId, null);
    await this.#context.output.emit(barrier);
  }

  async close(): Promise<void> {}
}
