/** The workers of a Python stage with what their bundles say: failed rows and metrics are noted, bundles are numbered. */
import type { Bundle, BundleResult } from '../../bridge/index.js';
import {
  functionMetrics,
  isRestart,
  type OperatorContext,
  type PythonStage,
  type Timers,
} from '../../core/index.js';
import type { FailedRows } from '../failures/failed-rows.js';
import { type OpenStageWorker, StageWorkers } from './stage-workers.js';

/** What a Python stage is given beside its workers. */
export interface StageCallsOptions {
  /** Whether a function may be given a row twice; absent: each may. */
  readonly mayReplay?: (name: string) => boolean;
  /** Called when the workers are closed. */
  readonly onClosed?: () => Promise<void>;
}

export class StageCalls {
  #context: OperatorContext | null = null;
  #workers: StageWorkers | null = null;
  readonly #functions: readonly string[];
  #sequence = 0;
  #inWorkers = 0;
  #gaveUpRows = false;

  constructor(
    private readonly stage: PythonStage,
    private readonly openStage: OpenStageWorker,
    private readonly failedRows: FailedRows,
    private readonly timers: Timers,
    private readonly options: StageCallsOptions = {},
  ) {
    this.#functions = [...new Set(stage.steps.map((step) => step.function))];
    failedRows.stageMade(stage.id);
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
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

  /** The next bundle, in the least busy worker. @throws what the functions fail with, or the verdict of their worker */
  async call(bundle: Omit<Bundle, 'sequence'>, bytes: number): Promise<BundleResult> {
    const sequence = this.#sequence++;
    this.#inWorkers += 1;
    try {
      const result = await this.#workers!.process({ sequence, ...bundle }, bytes);
      this.#count(result, bundle.rows);
      this.#gaveUpRows ||= result.failedRows.length > 0;
      await this.failedRows.add(this.stage.id, this.#functions, bundle.rows, result.failedRows);
      return result;
    } finally {
      this.#inWorkers -= 1;
    }
  }

  /** As of `Operator`. */
  isWorking(): boolean {
    return this.#inWorkers > 0;
  }

  /** As of `Operator`. */
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

  /** Shipping and returning are the bundle's; a stage of several functions shares them out by their time in Python. */
  #count(result: BundleResult, rows: number): void {
    const { timing } = result;
    const total = timing.pythonNs.reduce((sum, ns) => sum + ns, 0);
    this.stage.steps.forEach((step, i) => {
      const own = timing.pythonNs[i] ?? 0;
      const share = total === 0 ? 1 / this.stage.steps.length : own / total;
      const metrics = functionMetrics(this.#context!.metrics, step.function);
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
