/**
 * A Python stage: bundles go to n function workers, come back in any order, and leave in the order they came.
 * Columns the functions do not need wait here and are placed beside the results again.
 */
import {
  type AnswerPart,
  type Bundle,
  type BundleBatch,
  type BundleResult,
  groupsOf,
} from '../../bridge/index.js';
import {
  type Barrier,
  type Batch,
  batchBytes,
  functionMetrics,
  holdGroups,
  isRestart,
  type Operator,
  type OperatorContext,
  type PythonStage,
  ReorderBuffer,
  releaseGroups,
  type SizedSplit,
  type Timers,
  type WaitingBatch,
  type Watermark,
} from '../../core/index.js';
import type { FailedRows } from '../failures/failed-rows.js';
import { keepGroups } from './selection.js';
import { type OpenStageWorker, StageWorkers } from './stage-workers.js';

/** What a Python stage is given beside its workers. */
export interface PythonOperatorOptions {
  /** Whether a function may be given a row twice; absent: each may. */
  readonly mayReplay?: (name: string) => boolean;
  /** Called when the workers are closed. */
  readonly onClosed?: () => Promise<void>;
}

/** Runs all modes: what differs is made by the workers, which answer with rows and the parents they belong to. */
export class PythonOperator implements Operator {
  #context!: OperatorContext;
  #workers: StageWorkers | null = null;
  #buffer!: ReorderBuffer;
  readonly #functions: readonly string[];
  #sequence = 0;
  #inWorkers = 0;
  #gaveUpRows = false;

  constructor(
    private readonly stage: PythonStage,
    private readonly openStage: OpenStageWorker,
    private readonly failedRows: FailedRows,
    private readonly timers: Timers,
    private readonly options: PythonOperatorOptions = {},
  ) {
    this.#functions = [...new Set(stage.steps.map((step) => step.function))];
    failedRows.stageMade(stage.id);
  }

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
    this.#workers = new StageWorkers({
      least: this.stage.leastWorkers,
      most: this.stage.parallelism,
      isElastic: this.stage.isElastic,
      open: this.openStage,
      timers: this.timers,
      onError: (error) => context.fail(error),
    });
    await this.#workers.open();
  }

  processBatch(batch: Batch): Promise<void> {
    holdGroups(batch.groups);
    return this.#buffer.submit(batchBytes(batch), () => this.#process(batch));
  }

  /** A piece of the files that the stage reads itself, in the order of its rows. */
  processSplit({ rows, bytes, ...split }: SizedSplit): Promise<void> {
    return this.#buffer.submit(bytes, async () => {
      this.#context.metrics.rowsIn += rows;
      const bundle = { sequence: this.#sequence++, rows, groups: [], continued: false, split };
      const result = await this.#call(bundle, bytes);
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
    return this.#inWorkers > 0;
  }

  whyNotAgain(): string | null {
    if (this.#sequence === 0) return null;
    const once = this.#functions.find((name) => this.options.mayReplay?.(name) === false);
    if (once !== undefined) return `function ${once} has been called and says replay=False`;
    return this.#gaveUpRows ? 'rows that a function fails on have been given up' : null;
  }

  async close(): Promise<void> {
    try {
      await this.#workers?.close();
    } finally {
      // Where it is run again, its next attempt may still give rows up.
      if (!isRestart(this.#context?.signal.reason)) this.failedRows.stageEnded(this.stage.id);
      await this.options.onClosed?.();
    }
  }

  async #process(batch: Batch): Promise<(Batch | WaitingBatch)[]> {
    const { rows, continued } = batch;
    const groups = this.stage.shippedGroups.map((position) => batch.groups[position]!);
    const bundle = { sequence: this.#sequence++, rows, groups, continued };
    const result = await this.#call(bundle, batchBytes(batch));
    const outputs = result.batches.flatMap((part) => this.#output(batch, part));
    releaseGroups(batch.groups);
    return outputs;
  }

  async #call(bundle: Bundle, bytes: number): Promise<BundleResult> {
    this.#inWorkers += 1;
    try {
      const result = await this.#workers!.process(bundle, bytes);
      this.#count(result, bundle.rows);
      this.#gaveUpRows ||= result.failedRows.length > 0;
      await this.failedRows.add(this.stage.id, this.#functions, bundle.rows, result.failedRows);
      return result;
    } finally {
      this.#inWorkers -= 1;
    }
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

  /** Shipping and returning are the bundle's; a stage of several functions shares them out by their time in Python. */
  #count(result: BundleResult, rows: number): void {
    const { timing } = result;
    const total = timing.pythonNs.reduce((sum, ns) => sum + ns, 0);
    this.stage.steps.forEach((step, i) => {
      const own = timing.pythonNs[i] ?? 0;
      const share = total === 0 ? 1 / this.stage.steps.length : own / total;
      const metrics = functionMetrics(this.#context.metrics, step.function);
      metrics.waitingNs += timing.waitingNs * share;
      metrics.shippingNs += timing.shippingNs * share;
      metrics.pythonNs += own;
      metrics.returningNs += timing.returningNs * share;
      metrics.calls += timing.calls[i] ?? 0;
      metrics.retries += timing.retries[i] ?? 0;
      metrics.batches += 1;
      metrics.rows += rows;
    });
  }
}
