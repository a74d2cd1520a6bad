/** A Python stage whose workers read its rows themselves: what it hands out are splits, not batches. */
import type { Barrier, OperatorContext, SizedSplit, SourceOperator } from '../../core/index.js';
import type { PythonOperator } from './python-stage.js';

/** Splits go out in order while the stage has room; its answers leave in that order. A barrier waits for those before it. */
export class SplitSource implements SourceOperator {
  #context!: OperatorContext;

  constructor(
    private readonly stage: PythonOperator,
    private readonly splits: readonly SizedSplit[],
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    await this.stage.open(context);
  }

  async run(): Promise<void> {
    const { signal, metrics } = this.#context;
    const total = this.splits.reduce((sum, { rows }) => sum + rows, 0);
    let handedOut = 0;
    for (const split of this.splits) {
      signal.throwIfAborted();
      metrics.fractionRead = handedOut / total;
      await this.stage.processSplit(split);
      handedOut += split.rows;
    }
    await this.stage.endInput();
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.stage.snapshot(barrier);
  }

  isWorking(): boolean {
    return this.stage.isWorking();
  }

  whyNotAgain(): string | null {
    return this.stage.whyNotAgain();
  }

  close(): Promise<void> {
    return this.stage.close();
  }
}
