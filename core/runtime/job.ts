import { SchemaRegistry } from '../batch/schema-registry.js';
import { CancelledError, InternalError } from '../errors.js';
import { regionsOf } from '../graph/regions.js';
import type { Exchange, Stage, StageGraph } from '../graph/stage-graph.js';
import type { Clock, SpillFiles, Timers } from '../ports/ports.js';
import { type Checkpoint, CheckpointCollector } from './checkpoint.js';
import { deferred } from './deferred.js';
import { EndedOperator, EndedSource } from './ended.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { isOpen, type JobState, nextState } from './job-state.js';
import type { StageMetrics } from './metrics.js';
import type { Operator, SourceOperator } from './operator.js';
import { type RegionDecision, type RegionFailure, RunningRegion } from './region.js';
import { isSource, type OperatorRegistry, type OperatorSurroundings } from './registry.js';
import type { RunningTask } from './running-task.js';
import { watchForStall } from './stall-watch.js';
import { Wiring } from './wiring.js';

export interface JobPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly spillFiles: SpillFiles;
}

export interface JobOptions {
  /** Credits of each streaming exchange, in bytes. */
  readonly edgeBytes: (exchange: Exchange) => number;
  /** `OperatorContext.bufferBytes` of each stage. */
  readonly bufferBytes: (stage: string) => number;
  /** Between the markers of mini-batches, which sources put among their rows; null: there are none. */
  readonly miniBatchMs: number | null;
  /** How long nothing may move in a stalled job before it fails. */
  readonly stallAfterMs: number;
  /** Aborting it cancels the job. */
  readonly signal: AbortSignal | null;
  /** Whether a region that failed is run again; by default the job fails with the error. */
  readonly decide: (failure: RegionFailure) => RegionDecision;
  /** The registry that the operators' batches refer to; null makes a new one. */
  readonly schemas: SchemaRegistry | null;
  /** As `OperatorSurroundings.restored`. */
  readonly restored: OperatorSurroundings['restored'];
  /** The number of the checkpoint that the job goes on from; 0 where it begins. */
  readonly lastCheckpoint: number;
  /** Sinks that have all their rows end when a checkpoint that has them is complete, or with `endSinks`. */
  readonly sinksEndWithCheckpoint: boolean;
}

export const DEFAULT_JOB_OPTIONS: JobOptions = {
  edgeBytes: () => 32 * 1024 * 1024,
  bufferBytes: () => 64 * 1024 * 1024,
  miniBatchMs: null,
  stallAfterMs: 10_000,
  signal: null,
  decide: ({ error }) => ({ error }),
  schemas: null,
  restored: null,
  lastCheckpoint: 0,
  sinksEndWithCheckpoint: false,
};

/** One run of a stage graph. The first error wins and reaches the user as itself; the rest is cancelled and closed. */
export class Job {
  private currentState: JobState = 'created';
  private readonly wiring: Wiring;
  private readonly regions: readonly RunningRegion[];
  private readonly abort = new AbortController();
  private readonly checkpoints: CheckpointCollector;
  private readonly turns: EventLoopTurns;
  private readonly sourcesEnded = deferred<void>();
  /** Errors met while closing after the first one. */
  readonly suppressed: unknown[] = [];

  /** @throws what the registry throws for a stage it cannot make */
  constructor(
    private readonly graph: StageGraph,
    registry: OperatorRegistry,
    private readonly ports: JobPorts,
    private readonly options: JobOptions,
  ) {
    this.checkpoints = new CheckpointCollector(options.lastCheckpoint);
    this.turns = new EventLoopTurns(ports.clock, ports.timers);
    this.wiring = new Wiring(graph, options.edgeBytes, ports.spillFiles);
    const surroundings = {
      graph,
      schemas: options.schemas ?? new SchemaRegistry(),
      restored: options.restored,
    };
    this.regions = regionsOf(graph).map(
      (stages) =>
        new RunningRegion(stages, {
          wiring: this.wiring,
          createOperator: (stage) => createOperator(stage, registry, surroundings),
          taskParts: (stage) => ({
            clock: ports.clock,
            timers: ports.timers,
            turns: this.turns,
            bufferBytes: options.bufferBytes(stage.id),
            miniBatchMs: options.miniBatchMs,
            endsWithCheckpoint:
              options.sinksEndWithCheckpoint && stage.output === null && !hasEnded(stage, options.restored),
            acknowledge: (id, state) => this.checkpoints.acknowledge(stage.id, id, state),
          }),
          onFailure: (failure) => this.onFailure(failure),
          onSuppressed: (error) => this.fail(error),
          onTaskEnded: (task) => this.onTaskEnded(task),
        }),
    );
  }

  get state(): JobState {
    return this.currentState;
  }

  /** Resolves when all sources have ended: only rows on their way, and ends that wait for a checkpoint, are left. */
  get finishing(): Promise<void> {
    return this.sourcesEnded.promise;
  }

  /** Live counters by stage. */
  get metrics(): ReadonlyMap<string, StageMetrics> {
    const metrics = new Map(this.tasks.map((task) => [task.stageId, task.context.metrics]));
    return new Map(this.graph.stages.map(({ id }) => [id, metrics.get(id)!]));
  }

  /** The stages that wait now for who reads what they give. */
  get heldUp(): ReadonlySet<string> {
    const full = [...this.wiring.channels].filter(({ channel }) => channel.activity.isFull);
    return new Set(full.map(({ exchange }) => exchange.producer));
  }

  /**
   * Runs to the end; call once. When it settles every operator is closed and every spill file is gone.
   * @throws the first error of any operator, or CancelledError
   */
  async run(): Promise<void> {
    const onAbort = () => this.cancel(this.options.signal?.reason);
    this.options.signal?.addEventListener('abort', onAbort, { once: true });
    if (this.options.signal?.aborted === true) onAbort();
    if (this.currentState !== 'cancelling') this.currentState = nextState(this.currentState, 'running');
    const stopWatching = watchForStall(
      () => this.tasks,
      this.wiring,
      this.ports,
      this.options.stallAfterMs,
      (error) => this.fail(error),
    );
    try {
      await Promise.all(this.regions.map((region) => region.run()));
      for (const { channel } of this.wiring.channels) await this.guard(() => channel.dispose());
    } finally {
      stopWatching();
      this.turns.close();
      this.options.signal?.removeEventListener('abort', onAbort);
    }
    this.settle();
  }

  /** Stops the job as the user asked; does nothing when it has already ended or failed. */
  cancel(reason?: unknown): void {
    const error =
      reason instanceof CancelledError
        ? reason
        : new CancelledError('JOB_CANCELLED', 'The job was cancelled.');
    this.stop('cancelling', error);
  }

  /** Fails the job from outside of its operators; does nothing when it has already ended. */
  abandon(error: unknown): void {
    this.fail(error);
  }

  /**
   * Sources stop reading; what they have read goes through the job to its end, which is then a good one. Call it before
   * or while it runs.
   */
  drain(): void {
    if (isOpen(this.currentState)) for (const task of this.tasks) task.drain();
  }

  /**
   * Injects a barrier at every source and resolves when all stages have acknowledged it.
   * @param isLast no row comes behind it: `cancel` the job then, or let it `goOn`
   * @throws the job's error when it ends otherwise before
   */
  async checkpoint(isLast = false): Promise<Checkpoint> {
    const takesPart = this.currentState === 'running' || this.currentState === 'finishing';
    if (!takesPart || this.isRestarting) {
      const state = this.isRestarting ? 'running stages again' : this.currentState;
      throw new InternalError('CHECKPOINT_REFUSED', `A job that is ${state} takes no checkpoint.`);
    }
    const open = this.tasks.filter((task) => !task.hasEnded);
    const { id, complete } = this.checkpoints.begin(open.map((task) => task.stageId));
    for (const task of open) {
      const barrier = { kind: 'barrier', checkpointId: id, isLast } as const;
      task.requestSnapshot(barrier).catch((error: unknown) => task.context.fail(error));
    }
    return complete;
  }

  /**
   * Why nobody may begin the job again, from a checkpoint or from its start, as the end of a sentence; null: nothing is
   * against it. Sinks are not asked: what they have shown is shown once more.
   */
  whyNotAgain(): string | null {
    const sinks = new Set(this.graph.stages.filter(({ output }) => output === null).map(({ id }) => id));
    const reasons = this.tasks.map((task) => (sinks.has(task.stageId) ? null : task.whyNotAgain));
    return reasons.find((reason) => reason !== null) ?? null;
  }

  /** A checkpoint of the job has been stored. */
  checkpointCompleted(checkpointId: number): void {
    for (const task of this.tasks) if (!task.hasEnded) task.checkpointCompleted(checkpointId);
  }

  /** No checkpoint comes any more: sinks end when they have all their rows. */
  endSinks(): void {
    for (const task of this.tasks) task.awaitNoCheckpoint();
  }

  /** Sources that stopped behind a last checkpoint emit again. */
  goOn(): void {
    for (const task of this.tasks) task.context.goOn();
  }

  private get isRestarting(): boolean {
    return this.regions.some((region) => region.isRestarting);
  }

  private get tasks(): readonly RunningTask[] {
    return this.regions.flatMap((region) => region.tasks);
  }

  private onTaskEnded(task: RunningTask): void {
    this.checkpoints.stageEnded(task.stageId);
    const sourcesEnded = !this.isRestarting && this.tasks.every((other) => other.hasEnded || !other.isSource);
    if (!sourcesEnded || this.currentState !== 'running') return;
    this.currentState = nextState('running', 'finishing');
    this.sourcesEnded.resolve();
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  private onFailure(failure: RegionFailure): RegionDecision {
    const decision = isOpen(this.currentState) ? this.options.decide(failure) : { error: failure.error };
    if (decision === 'again') {
      const what = 'The stages that were to take part in it are run again.';
      this.checkpoints.fail(new InternalError('CHECKPOINT_REFUSED', what));
    } else this.fail(decision.error);
    return decision;
  }

  private fail(error: unknown): void {
    if (!this.stop('failing', error) && error !== this.abort.signal.reason) this.suppressed.push(error);
  }

  /** Returns false when the outcome is already decided. */
  private stop(state: 'failing' | 'cancelling', error: unknown): boolean {
    if (!isOpen(this.currentState)) return false;
    this.currentState = nextState(this.currentState, state);
    this.abort.abort(error);
    for (const region of this.regions) region.stop(error);
    for (const { channel } of this.wiring.channels) channel.fail(error);
    this.checkpoints.fail(error);
    return true;
  }

  private settle(): void {
    if (this.currentState === 'running') this.currentState = nextState('running', 'finishing');
    if (this.currentState === 'finishing') {
      this.currentState = nextState('finishing', 'finished');
      return;
    }
    this.currentState = nextState(
      this.currentState,
      this.currentState === 'failing' ? 'failed' : 'cancelled',
    );
    throw this.abort.signal.reason;
  }
}

function createOperator(
  stage: Stage,
  registry: OperatorRegistry,
  surroundings: OperatorSurroundings,
): Operator | SourceOperator {
  if (hasEnded(stage, surroundings.restored))
    return stage.inputs.length === 0 ? new EndedSource() : new EndedOperator();
  const operator = registry.create(stage, surroundings);
  if (isSource(operator) === (stage.inputs.length === 0)) return operator;
  throw new InternalError('GRAPH_INVALID', `The operator of stage ${stage.id} does not fit its inputs.`);
}

function hasEnded({ id }: Stage, restored: OperatorSurroundings['restored']): boolean {
  return restored !== null && !restored.has(id);
}

/** Runs a graph to its end and returns its counters by stage. @throws as `Job.run` */
export async function runJob(
  graph: StageGraph,
  registry: OperatorRegistry,
  ports: JobPorts,
  options: Partial<JobOptions> = {},
): Promise<ReadonlyMap<string, StageMetrics>> {
  const job = new Job(graph, registry, ports, { ...DEFAULT_JOB_OPTIONS, ...options });
  await job.run();
  return job.metrics;
}
