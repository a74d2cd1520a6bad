/**
 * A Python stage: bundles go to n function workers, come back in any order, and leave in the order they came.
 * Columns the functions do not need wait here and are placed beside the results again.
 */
import { type AnswerPart, type BundleBatch, groupsOf } from '../../bridge/index.js';
import {
  type Barrier,
  type Batch,
  batchBytes,
  holdGroups,
  type Operator,
  type OperatorContext,
  type PythonStage,
  ReorderBuffer,
  releaseGroups,
  type SizedSplit,
  type WaitingBatch,
  type Watermark,
} from '../../core/index.js';
import { keepGroups } from './selection.js';
import type { StageCalls } from './stage-calls.js';

/** Runs all modes: what differs is made by the workers, which answer with rows and the parents they belong to. */
export class PythonOperator implements Operator {
  #context!: OperatorContext;
  #buffer!: ReorderBuffer;

  constructor(
    private readonly stage: PythonStage,
    private readonly calls: StageCalls,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#buffer = new ReorderBuffer({
      capacityBytes: context.bufferBytes,
      leastInFlight: 2 * this.stage.parallelism,
      anyOrder: this.stage.anyOrder,
      emit: async (batch) => {
        await context.output.emit(batch);
        releaseGroups(batch.groups);
      },
      onError: (error) => context.fail(error),
    });
    context.signal.addEventListener('abort', () => this.#buffer.fail(context.signal.reason), { once: true });
    await this.calls.open(context);
  }

  processBatch(batch: Batch): Promise<void> {
    holdGroups(batch.groups);
    return this.#buffer.submit(batchBytes(batch), () => this.#process(batch));
  }

  /** A piece of the files that the stage reads itself, in the order of its rows. */
  processSplit({ rows, bytes, ...split }: SizedSplit): Promise<void> {
    return this.#buffer.submit(bytes, async () => {
      this.#context.metrics.rowsIn += rows;
      const bundle = { rows, groups: [], continued: false, split };
      const result = await this.calls.call(bundle, bytes);
      return result.batches.flatMap((part) => this.#output(null, part));
    });
  }

  processWatermark(watermark: Watermark): Promise<void> {
    return this.#buffer.mark(() => this.#context.output.emit(watermark));
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#buffer.mark(async () => {
      this.#context.acknowledge(barrier.checkpointId, null);
      await this.#context.output.emit(barrier);
    });
  }

  endInput(): Promise<void> {
    return this.#buffer.drain();
  }

  isWorking(): boolean {
    return this.calls.isWorking();
  }

  whyNotAgain(): string | null {
    return this.calls.whyNotAgain();
  }

  close(): Promise<void> {
    return this.calls.close();
  }

  async #process(batch: Batch): Promise<(Batch | WaitingBatch)[]> {
    const { rows, continued } = batch;
    const groups = this.stage.shippedGroups.map((position) => batch.groups[position]!);
    const result = await this.calls.call({ rows, groups, continued }, batchBytes(batch));
    const outputs = result.batches.flatMap((part) => this.#output(batch, part));
    releaseGroups(batch.groups);
    return outputs;
  }

  /** A part of the result beside the columns kept for it; of a spilled one, once it is loaded. Null: of a split. */
  #output(batch: Batch | null, part: AnswerPart): (Batch | WaitingBatch)[] {
    if (!('load' in part)) return this.#beside(batch, part);
    const held = batch === null ? [] : keepGroups(batch, this.stage.keptGroups, null);
    holdGroups(held);
    const load = async () => {
      const [output] = this.#beside(batch, await part.load());
      releaseGroups(held);
      return output!;
    };
    return [{ bytes: part.bytes, load }];
  }

  /**
   * A part of the result beside the columns kept for it, all of them held; nothing where it has no rows. That of a split
   * (null) brings them.
   */
  #beside(batch: Batch | null, part: BundleBatch): Batch[] {
    const results = groupsOf(part);
    if (part.rows === 0) {
      releaseGroups(results);
      return [];
    }
    const kept = batch === null ? [] : keepGroups(batch, this.stage.keptGroups, part.rowSelection);
    holdGroups(kept);
    return [{ kind: 'batch', rows: part.rows, groups: [...kept, ...results], continued: false }];
  }
}
