/**
 * The one interface that every running piece of a job implements, in batch and in streaming: a batch job is a
 * stream whose inputs end. The core names no operator; the registry (operators/) makes them from stages.
 */
import type { Barrier, Batch, StreamElement, Watermark } from '../batch/batch.js';
import type { Clock, Timers } from '../ports/ports.js';
import type { StageMetrics } from './metrics.js';

/** What an operator says to a checkpoint; null: it remembers nothing. */
export type SnapshotState = SnapshotBytes | null;

/** Whole, or in pieces. */
export type SnapshotBytes = Uint8Array | SnapshotPieces;

/** State in pieces that follow each other: all of it, or what has changed. */
export interface SnapshotPieces {
  /** The checkpoint that it holds the changes since; null: it holds all. */
  readonly since: number | null;
  /**
   * What was there at the barrier, made while it is read, once; rows go on meanwhile. Who begins the operator's next snapshot
   * ends it: it throws then.
   */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Nobody reads the rest: the operator keeps nothing for it any more. Does nothing once all was read. */
  discard(): void;
}

/** Where an operator puts what it produces. */
export interface Output {
  /** Resolves when the edge has taken the element; waiting here is the backpressure. Order is kept. */
  emit(element: StreamElement): Promise<void>;
}

export interface OperatorContext {
  readonly stageId: string;
  readonly output: Output;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: StageMetrics;
  /** Bytes that the operator may hold of inputs and outputs in flight, beside what waits on its edges. */
  readonly bufferBytes: number;
  /**
   * Aborted when the job fails or is cancelled, or nobody needs this stage's output any more; its `reason` is the error.
   * Of a source also when the job is drained: then what was emitted still counts.
   */
  readonly signal: AbortSignal;
  /** Fails the job from outside a call (a worker died while nothing was awaited). */
  fail(error: unknown): void;
  /**
   * Reports this operator's part of a checkpoint: what was there at the barrier. Called once for each, before the barrier is
   * emitted.
   */
  acknowledge(checkpointId: number, state: SnapshotState): void;
  /** No more input is needed (a LIMIT is reached): each input ends as soon as the call for it returns, producers stop. */
  stopInputs(): void;
}

/**
 * A task calls `open` once, then the methods below in the order of the elements of each input, then `close` once,
 * whatever happened. Calls for one input never overlap; calls for different inputs may. An operator may return
 * from `processBatch` before its output is emitted (a Python stage has several bundles in flight); it then keeps
 * the order itself: what it emits for an element comes after everything for the elements before it.
 */
export interface Operator {
  /** True where its inputs are parts of one stream (UNION ALL): once all of them are idle, time is the furthest of theirs. */
  readonly unitesInputs?: boolean;
  open(context: OperatorContext): Promise<void>;
  processBatch(batch: Batch, input: number): Promise<void>;
  /** The minimum over the inputs advanced. Emits it after the output of all earlier rows. */
  processWatermark(watermark: Watermark): Promise<void>;
  /** The barrier arrived on all inputs: acknowledge the state after all earlier rows, then emit the barrier. */
  snapshot(barrier: Barrier): Promise<void>;
  /** The input ended. When all have, everything pending is emitted before this resolves; the task then emits the end. */
  endInput(input: number): Promise<void>;
  /** Releases workers, files and timers; must not throw for an operator that failed to open. */
  close(): Promise<void>;
  /**
   * False while nothing outside runs for this operator (its worker waits for input or credit): tells a stall from
   * slow work. Where it is absent, every pending call counts as work.
   */
  isWorking?(): boolean;
  /** A checkpoint that it took part in is complete: what is in front of it will not be asked for again. */
  checkpointCompleted?(checkpointId: number): void;
  /**
   * Why what it has done cannot be done again from the start, as the end of a sentence ("rows have been printed"). Null, or
   * where it is absent: a new operator in its place would do the same.
   */
  whyNotAgain?(): string | null;
}

/** An operator without inputs. */
export interface SourceOperator {
  open(context: OperatorContext): Promise<void>;
  /** Produces until done or until `context.signal` aborts; the task emits the end after it resolves. */
  run(): Promise<void>;
  /** A barrier is to be injected: acknowledge the position, then emit the barrier between two batches. */
  snapshot(barrier: Barrier): Promise<void>;
  close(): Promise<void>;
  /** As `Operator.isWorking`. */
  isWorking?(): boolean;
  /** As `Operator.checkpointCompleted`. */
  checkpointCompleted?(checkpointId: number): void;
  /** As `Operator.whyNotAgain`. */
  whyNotAgain?(): string | null;
}
