import type { Barrier } from '../batch/batch.js';
import { type Deferred, deferred } from './deferred.js';
import type { Operator } from './operator.js';

/**
 * The end of a sink in a job with checkpoints: what it wrote last belongs to a checkpoint too, or a failure of others would have it
 * written again. As Flink's tasks do since 1.15 (FLIP-147).
 */
export class LastSnapshot {
  private asked: Barrier | null = null;
  /** Of the first snapshot that has all rows. */
  private saidTo = Number.POSITIVE_INFINITY;
  private completed: Deferred<void> | null = null;
  private isNotAwaited = false;
  private saying: Promise<void> = Promise.resolve();

  /** @param lastAcknowledged the last checkpoint that the operator has said its state to */
  constructor(
    private readonly operator: Operator,
    private readonly lastAcknowledged: () => number,
  ) {}

  /** A checkpoint has begun. Its barrier comes with the rows; to a sink that has them all it comes by this. */
  async request(barrier: Barrier): Promise<void> {
    this.asked = barrier;
    if (this.completed !== null) await this.say(barrier);
  }

  /** The sink has all its rows: resolves when a checkpoint that has them is complete. */
  async untilCompleted(): Promise<void> {
    if (this.isNotAwaited) return;
    this.completed = deferred();
    if (this.asked !== null && this.asked.checkpointId > this.lastAcknowledged()) await this.say(this.asked);
    await this.completed.promise;
  }

  checkpointCompleted(id: number): void {
    if (id >= this.saidTo) this.completed?.resolve();
  }

  /** No checkpoint comes any more. */
  release(): void {
    this.isNotAwaited = true;
    this.completed?.resolve();
  }

  private say(barrier: Barrier): Promise<void> {
    this.saidTo = Math.min(this.saidTo, barrier.checkpointId);
    this.saying = this.saying.then(() => this.operator.snapshot(barrier));
    return this.saying;
  }
}
