/** Stages that are run again together: what they sent to each other is gone, what others sent them lies in a file. */
import { CancelledError } from '../errors.js';
import type { Stage } from '../graph/stage-graph.js';
import { noteWorker } from './metrics.js';
import type { Operator, SourceOperator } from './operator.js';
import { RunningTask } from './running-task.js';
import type { TaskParts } from './task-context.js';
import type { Wiring } from './wiring.js';

/** A failure of a stage. */
export interface RegionFailure {
  readonly stage: Stage;
  readonly error: unknown;
  /** The stages that would be run again, the failed one among them. */
  readonly stages: readonly Stage[];
  /** Times that they have been. */
  readonly restarts: number;
  /** Why they cannot be; null: they can. */
  readonly whyNot: string | null;
}

/** `again`: all stages of the region from the start. Otherwise the job fails with `error`. */
export type RegionDecision = 'again' | { readonly error: unknown };

/** What a region needs of its job. */
export interface RegionParts {
  readonly wiring: Wiring;
  readonly createOperator: (stage: Stage) => Operator | SourceOperator;
  readonly taskParts: (
    stage: Stage,
  ) => Omit<TaskParts, 'stageId' | 'inputs' | 'output' | 'attemptSignal' | 'fail'>;
  /** Decides about a failure; where it is not `again`, the job is stopping when it returns. */
  readonly onFailure: (failure: RegionFailure) => RegionDecision;
  /** What failed in closing, or after the outcome was decided. */
  readonly onSuppressed: (error: unknown) => void;
  readonly onTaskEnded: (task: RunningTask) => void;
}

/** True for the reason that an attempt's signal is aborted with where another attempt follows. */
export function isRestart(reason: unknown): boolean {
  return reason instanceof CancelledError && reason.code === 'STAGES_RESTARTED';
}

export class RunningRegion {
  private attempt: Attempt;
  private restarts = 0;
  private isStopped = false;

  /** @throws what `createOperator` throws */
  constructor(
    readonly stages: readonly Stage[],
    private readonly parts: RegionParts,
  ) {
    this.attempt = this.begin();
  }

  /** Of the attempt that runs, or of the last one. */
  get tasks(): readonly RunningTask[] {
    return this.attempt.tasks;
  }

  /** An attempt was given up, and the next has not begun. */
  get isRestarting(): boolean {
    return this.attempt.isGivenUp && !this.isStopped;
  }

  /** Runs until the last attempt has ended and its operators are closed; failures go to `onFailure`. */
  async run(): Promise<void> {
    for (;;) {
      const { attempt } = this;
      await Promise.all(this.stages.map((stage, i) => this.runTask(attempt, stage, attempt.tasks[i]!)));
      if (!this.isRestarting) return;
      try {
        await this.parts.wiring.renew(this.stages);
        if (this.isStopped) return;
        this.restarts += 1;
        this.attempt = this.begin();
        keepWorkers(attempt.tasks, this.attempt.tasks);
      } catch (error) {
        this.isStopped = true;
        this.parts.onSuppressed(error);
        return;
      }
    }
  }

  /** The job stops: nothing is run again. */
  stop(reason: unknown): void {
    this.isStopped = true;
    this.attempt.abort.abort(reason);
  }

  private begin(): Attempt {
    const abort = new AbortController();
    const attempt: Attempt = { abort, tasks: [], isGivenUp: false };
    attempt.tasks = this.stages.map((stage) => {
      const output = this.parts.wiring.outputOf(stage);
      const task = new RunningTask(this.parts.createOperator(stage), {
        ...this.parts.taskParts(stage),
        stageId: stage.id,
        inputs: this.parts.wiring.inputsOf(stage, abort.signal),
        output,
        attemptSignal: abort.signal,
        fail: (error) => this.onFailure(attempt, stage, error),
      });
      output?.onUnneeded(() => task.context.stopUnneeded());
      return task;
    });
    return attempt;
  }

  private async runTask(attempt: Attempt, stage: Stage, task: RunningTask): Promise<void> {
    try {
      await task.run();
    } catch (error) {
      if (attempt.isGivenUp) this.parts.onSuppressed(error);
      else this.onFailure(attempt, stage, error);
    }
    if (!attempt.isGivenUp) this.parts.onTaskEnded(task);
  }

  private onFailure(attempt: Attempt, stage: Stage, error: unknown): void {
    // What follows from giving an attempt up is no failure of the next one.
    if (attempt.isGivenUp) return;
    const { stages, restarts } = this;
    const decision = this.parts.onFailure({ stage, error, stages, restarts, whyNot: this.whyNotAgain() });
    if (decision !== 'again') return;
    attempt.isGivenUp = true;
    const reason = new CancelledError(
      'STAGES_RESTARTED',
      `Stages ${stages.map(({ id }) => id).join(', ')} are run again.`,
    );
    attempt.abort.abort(reason);
    for (const { channel, exchange } of this.parts.wiring.channels) {
      if (exchange.mode === 'stream' && stages.some(({ id }) => id === exchange.producer))
        channel.fail(reason);
    }
  }

  private whyNotAgain(): string | null {
    if (this.tasks.at(-1)?.isDone === true) return 'all its rows have been passed on';
    if (this.tasks.some((task) => task.context.isDrained)) return 'the job is to end with what it has read';
    for (const task of this.tasks) if (task.whyNotAgain !== null) return task.whyNotAgain;
    const inputs = new Set(this.stages.flatMap((stage) => stage.inputs));
    for (const { exchange, channel } of this.parts.wiring.channels) {
      if (inputs.has(exchange.id) && !channel.isReadable)
        return `the rows of stage ${exchange.producer} have been given up`;
    }
    return null;
  }
}

interface Attempt {
  readonly abort: AbortController;
  tasks: readonly RunningTask[];
  isGivenUp: boolean;
}

/** The workers of an attempt that was given up stay in the job's figures. */
function keepWorkers(before: readonly RunningTask[], after: readonly RunningTask[]): void {
  before.forEach(({ context }, i) => {
    for (const [name, seen] of context.metrics.workers) noteWorker(after[i]!.context.metrics, name, seen);
  });
}
