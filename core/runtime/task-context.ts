import type { Barrier, Batch, StreamElement } from '../batch/batch.js';
import { batchBytes } from '../batch/batch.js';
import { CancelledError } from '../errors.js';
import type { Clock, Timers } from '../ports/ports.js';
import { anySignal } from './any-signal.js';
import { type Deferred, deferred, untilAborted } from './deferred.js';
import type { EventLoopTurns } from './event-loop-turns.js';
import type { ExchangeReader, ExchangeWriter } from './exchange-channel.js';
import { newStageMetrics, type StageMetrics } from './metrics.js';
import type { OperatorContext, Output, SnapshotState, SourceOperator } from './operator.js';

/** What a task needs of its job. */
export interface TaskParts {
  readonly stageId: string;
  readonly inputs: readonly ExchangeReader[];
  /** Null for sinks. */
  readonly output: ExchangeWriter | null;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly turns: EventLoopTurns;
  readonly bufferBytes: number;
  /** Between the markers of mini-batches; null: there are none. */
  readonly miniBatchMs: number | null;
  /** Aborted when the job stops, or when this attempt of it is given up. */
  readonly attemptSignal: AbortSignal;
  /** A sink whose last rows belong to a checkpoint: it ends when that is complete. */
  readonly endsWithCheckpoint: boolean;
  readonly fail: (error: unknown) => void;
  readonly acknowledge: (checkpointId: number, state: SnapshotState) => void;
}

/** The surroundings of one running operator: what it sees as `OperatorContext`, and what its task keeps beside. */
export class TaskContext implements OperatorContext {
  readonly stageId: string;
  readonly inputs: readonly ExchangeReader[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bufferBytes: number;
  readonly miniBatchMs: number | null;
  readonly metrics: StageMetrics = newStageMetrics();
  readonly signal: AbortSignal;
  /** As `signal`, but a source that only stops reading goes on. */
  readonly stopped: AbortSignal;
  readonly output: Output = { emit: (element) => this.emit(element) };
  /** Resolves when the operator is open. */
  readonly opened: Deferred<void> = deferred();
  /** Set when nobody reads the output any more: the operator was aborted without a failure. */
  isUnneeded = false;
  /** Calls of `emit` that wait for room. */
  emitting = 0;
  /** Inputs that have not ended. */
  openInputs: number;
  /** The last checkpoint that the operator has said its state to; 0: none. */
  lastAcknowledged = 0;
  private readonly unneeded = new AbortController();
  private readonly drained = new AbortController();
  private snapshots: Promise<void>[] | null = [];
  /** The barrier behind which a source emits nothing. */
  private lastBarrier: number | null = null;
  /** That barrier has been emitted; resolves when the source may go on. */
  private held: Deferred<void> | null = null;

  constructor(private readonly parts: TaskParts) {
    this.stageId = parts.stageId;
    this.inputs = parts.inputs;
    this.openInputs = parts.inputs.length;
    this.clock = parts.clock;
    this.timers = parts.timers;
    this.bufferBytes = parts.bufferBytes;
    this.miniBatchMs = parts.miniBatchMs;
    this.stopped = anySignal([parts.attemptSignal, this.unneeded.signal]);
    this.signal = anySignal([this.stopped, this.drained.signal]);
  }

  /** What an operator meets after it was stopped as unneeded is no failure. */
  fail(error: unknown): void {
    if (!this.isUnneeded) this.parts.fail(error);
  }

  acknowledge(checkpointId: number, state: SnapshotState): void {
    this.lastAcknowledged = checkpointId;
    this.parts.acknowledge(checkpointId, state);
  }

  stopInputs(): void {
    for (const input of this.inputs) input.close();
  }

  /** Nobody reads the output: stops the operator, and through its inputs those before it. */
  stopUnneeded(): void {
    this.isUnneeded = true;
    this.unneeded.abort(
      new CancelledError('OUTPUT_UNNEEDED', `Nobody needs more rows of stage ${this.stageId}.`),
    );
    this.stopInputs();
  }

  /** A source reads no more; what it has read stays. */
  drain(): void {
    this.drained.abort(new CancelledError('SOURCE_DRAINED', `Stage ${this.stageId} reads no more.`));
  }

  get isDrained(): boolean {
    return this.drained.signal.aborted;
  }

  countInput(batch: Batch): void {
    this.metrics.rowsIn += batch.rows;
    this.metrics.batchesIn += 1;
    this.metrics.bytesIn += batchBytes(batch);
  }

  /** Asks a source for a snapshot once it is open; does nothing when it has ended. Behind the last it emits nothing until `goOn`. */
  async requestSnapshot(source: SourceOperator, barrier: Barrier): Promise<void> {
    await this.opened.promise;
    if (barrier.isLast) this.lastBarrier = barrier.checkpointId;
    this.snapshots?.push(source.snapshot(barrier));
    await this.snapshots?.at(-1);
  }

  /** A source that was held behind a last barrier emits again. */
  goOn(): void {
    this.lastBarrier = null;
    this.held?.resolve();
    this.held = null;
  }

  /** Ends the time for snapshots and resolves when those that were begun are done. */
  async snapshotsDone(): Promise<void> {
    const begun = this.snapshots ?? [];
    this.snapshots = null;
    await Promise.all(begun);
  }

  private async emit(element: StreamElement): Promise<void> {
    this.stopped.throwIfAborted();
    if (this.held !== null) await untilAborted(this.stopped, this.held.promise);
    if (element.kind === 'barrier' && element.checkpointId === this.lastBarrier) this.held = deferred();
    if (element.kind === 'batch') {
      this.metrics.rowsOut += element.rows;
      this.metrics.batchesOut += 1;
      this.metrics.bytesOut += batchBytes(element);
    }
    const turn = this.parts.turns.due();
    this.emitting += 1;
    try {
      if (turn !== null) {
        await turn;
        // A barrier that a drained source has acknowledged goes out all the same.
        (element.kind === 'barrier' ? this.stopped : this.signal).throwIfAborted();
      }
      await this.parts.output?.push(element);
    } finally {
      this.emitting -= 1;
    }
  }
}
