/** The stages that are open in one worker: opened and closed here, and what runs now is known here. */
import type { Clock, MetricValue, Timers } from '../core/index.js';
import type { FunctionStageHandle, RelationalStageHandle, TimeLimits } from './api.js';
import type { AnswerSpill } from './bundle-answer.js';
import type { ControlSession } from './control-session.js';
import type { DataSession } from './data-session.js';
import type { RunningWork } from './evidence.js';
import { FunctionStage } from './function-stage.js';
import { type Flight, ProgressWatch } from './progress-watch.js';
import type {
  ColumnSpec,
  Heartbeat,
  Metrics,
  OpenFunctionStage,
  OpenRelationalStage,
  Progress,
} from './protocol/messages.js';
import { RelationalStage } from './relational-stage.js';

/** What the stages of a worker need. */
export interface StagesOptions {
  readonly worker: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly stuckMs: number;
  readonly heartbeatMs: number;
  readonly cancelMs: number;
  /** A bundle has made no progress for `stuckMs`. */
  readonly onStuck: (work: RunningWork) => void;
  /** A call has taken `timeoutMs`; `isCurrent` says whether the worker is still at it. */
  readonly onTimeout: (work: RunningWork, timeoutMs: number, isCurrent: () => boolean) => void;
  /** A bundle of these many rows was answered. */
  readonly onAnswered: (rows: number) => void;
  /** A cancelled stage was not let go of within `cancelMs`. */
  readonly onUnyielding: () => void;
  /** The worker refused to let go of a stage. */
  readonly onBroken: (error: unknown) => void;
}

export class WorkerStages {
  readonly #options: StagesOptions;
  readonly #open = new Set<FunctionStage | RelationalStage>();
  readonly #uses = new Map<string, number>();
  /** By the stage's name on the wire. */
  readonly #onMetrics = new Map<string, (values: readonly MetricValue[]) => void>();
  readonly #watch: ProgressWatch;
  #control!: ControlSession;
  #data!: DataSession;
  #progress: Progress | null = null;
  #end: Error | null = null;

  constructor(options: StagesOptions) {
    this.#options = options;
    this.#watch = new ProgressWatch({
      timers: options.timers,
      stuckMs: options.stuckMs,
      heartbeatMs: options.heartbeatMs,
      onStuck: (flight) => options.onStuck(this.#workOf(flight)),
      onTimeout: (flight, timeoutMs) =>
        options.onTimeout(this.#workOf(flight), timeoutMs, () => this.#watch.head === flight),
    });
  }

  /** To be called before any stage is opened. */
  connect(control: ControlSession, data: DataSession): void {
    this.#control = control;
    this.#data = data;
  }

  /** What the worker is at; null when it is idle. */
  get running(): RunningWork | null {
    const { head } = this.#watch;
    if (head !== null) {
      return this.#workOf(head);
    }
    for (const stage of this.#open) {
      if (stage instanceof RelationalStage && stage.running !== null) {
        return stage.running;
      }
    }
    return null;
  }

  get open(): number {
    return this.#open.size;
  }

  async openFunctionStage(
    body: Omit<OpenFunctionStage, 'kind'>,
    limits: TimeLimits,
    onMetrics: (values: readonly MetricValue[]) => void,
    spill: AnswerSpill | null,
  ): Promise<FunctionStageHandle> {
    const wireName = this.#wireName(body.stage);
    this.#onMetrics.set(wireName, onMetrics);
    const { output } = await this.#control.instruct<{ output: readonly ColumnSpec[] }>(
      { kind: 'open_function_stage', ...body, stage: wireName },
      'OpenFunctionStageResult',
    );
    const stage: FunctionStage = new FunctionStage({
      worker: this.#options.worker,
      wireName,
      stage: body.stage,
      functions: [...new Set(body.steps.map((step) => step.function))],
      data: this.#data,
      watch: this.#watch,
      limits,
      output,
      spill,
      keptGroups: body.source?.kept.length ?? 0,
      nowNs: () => this.#options.clock.monotonicNs(),
      onAnswered: this.#options.onAnswered,
      closeInWorker: (isBusy) => this.#close(stage, wireName, isBusy),
    });
    this.#add(stage);
    return stage;
  }

  async openRelationalStage(
    body: Omit<OpenRelationalStage, 'kind'>,
    windowBytes: number,
  ): Promise<RelationalStageHandle> {
    const wireName = this.#wireName(body.stage);
    // Made first: credit for the inputs may overtake the reply, which comes by the other connection.
    const stage: RelationalStage = new RelationalStage({
      worker: this.#options.worker,
      wireName,
      stage: body.stage,
      inputs: body.inputs.length,
      windowBytes,
      data: this.#data,
      closeInWorker: (isBusy) => this.#close(stage, wireName, isBusy),
    });
    this.#add(stage);
    try {
      await this.#control.instruct({ kind: 'open_relational_stage', ...body, stage: wireName }, 'Empty');
    } catch (error) {
      this.#open.delete(stage);
      stage.abandon(error);
      throw error;
    }
    stage.begin();
    return stage;
  }

  onHeartbeat({ running }: Heartbeat): void {
    this.#progress = running;
    const { head } = this.#watch;
    if (head !== null && running !== null && isAbout(running, head)) {
      this.#watch.progressed(running.rows, running.function);
    }
  }

  /** Metrics of closed stages are late and of no use. */
  onMetrics({ stage, values }: Metrics): void {
    this.#onMetrics.get(stage)?.(values);
  }

  /** The worker is gone: what waits is rejected with `error`. */
  end(error: Error): void {
    this.#end = error;
    for (const stage of this.#open) {
      stage.fail(error);
    }
  }

  /** The worker may have ended while the stage was being opened. */
  #add(stage: FunctionStage | RelationalStage): void {
    this.#open.add(stage);
    if (this.#end !== null) {
      stage.fail(this.#end);
    }
  }

  /** A stage that is opened again gets a new name on the wire, so that late frames cannot reach it. */
  #wireName(stage: string): string {
    const uses = (this.#uses.get(stage) ?? 0) + 1;
    this.#uses.set(stage, uses);
    return uses === 1 ? stage : `${stage}#${uses}`;
  }

  /** Interrupts the stage first if it is busy; a worker that does not let go of it, or not in time, is given up. */
  async #close(stage: FunctionStage | RelationalStage, wireName: string, isBusy: boolean): Promise<void> {
    const { timers, cancelMs, onUnyielding, onBroken } = this.#options;
    const stopWaiting = isBusy ? timers.after(cancelMs, onUnyielding) : () => undefined;
    this.#open.delete(stage);
    try {
      if (isBusy) {
        await this.#instructIfAlive({ kind: 'cancel', stage: wireName });
      }
      await this.#instructIfAlive({ kind: 'close_stage', stage: wireName });
    } catch (error) {
      onBroken(error);
    }
    this.#onMetrics.delete(wireName);
    stopWaiting();
  }

  /** The end of the worker ends its stages too. */
  async #instructIfAlive(body: {
    readonly kind: 'close_stage' | 'cancel';
    readonly stage: string;
  }): Promise<void> {
    try {
      await this.#control.instruct(body, 'Empty');
    } catch (error) {
      if (this.#end === null) {
        throw error;
      }
    }
  }

  /** A bundle's work, with the function that ran last and the rows it had done, if a heartbeat told it. */
  #workOf({ work, wireName }: Flight): RunningWork {
    const progress = this.#progress;
    if (progress === null || !isAbout(progress, { work, wireName })) return work;
    const functions = progress.function === null ? work.functions : [progress.function];
    return { ...work, functions, finishedRows: progress.rows };
  }
}

function isAbout(progress: Progress, flight: Pick<Flight, 'work' | 'wireName'>): boolean {
  return progress.stage === flight.wireName && progress.sequence === flight.work.bundle;
}
