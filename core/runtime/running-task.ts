import type { Barrier } from '../batch/batch.js';
import { untilAborted } from './deferred.js';
import { END_OF_INPUT } from './exchange-channel.js';
import { LastSnapshot } from './last-snapshot.js';
import type { Operator, SourceOperator } from './operator.js';
import { isSource } from './registry.js';
import { runOperator, runSource } from './task.js';
import { TaskContext, type TaskParts } from './task-context.js';

/** The life of one operator in a job: open, the run loop, the end on its output, close. */
export class RunningTask {
  readonly context: TaskContext;
  /** Null where the end of the rows is the end of the stage. */
  private readonly lastSnapshot: LastSnapshot | null;
  private ended = false;
  private done = false;

  constructor(
    private readonly operator: Operator | SourceOperator,
    parts: TaskParts,
  ) {
    this.context = new TaskContext(parts);
    this.lastSnapshot =
      parts.endsWithCheckpoint && !isSource(operator)
        ? new LastSnapshot(operator, () => this.context.lastAcknowledged)
        : null;
  }

  get stageId(): string {
    return this.context.stageId;
  }

  get isSource(): boolean {
    return isSource(this.operator);
  }

  /** Closed, whatever happened. */
  get hasEnded(): boolean {
    return this.ended;
  }

  /** All its rows have been taken by the one after it, or it was the last one. */
  get isDone(): boolean {
    return this.done;
  }

  /** As `Operator.whyNotAgain`. */
  get whyNotAgain(): string | null {
    return this.operator.whyNotAgain?.() ?? null;
  }

  checkpointCompleted(checkpointId: number): void {
    this.operator.checkpointCompleted?.(checkpointId);
    this.lastSnapshot?.checkpointCompleted(checkpointId);
  }

  /** No checkpoint comes any more: a sink that waits for one ends. */
  awaitNoCheckpoint(): void {
    this.lastSnapshot?.release();
  }

  /** What the operator says of itself; null where it says nothing. */
  get isWorking(): boolean | null {
    return this.operator.isWorking?.() ?? null;
  }

  /**
   * Runs until the inputs have ended, nobody reads the output any more, or the job stops; then closes the operator.
   * A failure of the work goes to the job at once, before the closing.
   * @throws only what closing throws
   */
  async run(): Promise<void> {
    try {
      this.context.stopped.throwIfAborted();
      await untilAborted(this.context.stopped, this.work());
    } catch (error) {
      this.context.fail(error);
    }
    try {
      await this.operator.close();
    } finally {
      // An operator that stops early must not leave its producers waiting for room.
      this.context.stopInputs();
      this.ended = true;
    }
  }

  /** Asks a source for a snapshot, and a sink that has all its rows; others get theirs by the barrier. */
  async requestSnapshot(barrier: Barrier): Promise<void> {
    if (isSource(this.operator)) await this.context.requestSnapshot(this.operator, barrier);
    else await this.lastSnapshot?.request(barrier);
  }

  /** A source reads no more and ends; others go on until their inputs end. */
  drain(): void {
    if (this.isSource) this.context.drain();
  }

  private async work(): Promise<void> {
    if (isSource(this.operator)) await runSource(this.operator, this.context);
    else {
      await this.operator.open(this.context);
      await runOperator(this.operator, this.context);
    }
    await this.lastSnapshot?.untilCompleted();
    await this.context.output.emit(END_OF_INPUT);
    this.done = true;
  }
}
