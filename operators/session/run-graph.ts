/** Runs a stage graph: opens outputs, runs the job, shows its files or removes them, and says where the time went. */
import {
  CancelledError,
  DEFAULT_JOB_OPTIONS,
  filesWrittenBy,
  Job,
  type MillstreamError,
  type RegionDecision,
  type RegionFailure,
  type RestartSettings,
  restartStrategy,
  type Stage,
  type StageGraph,
  type StageMetrics,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import type { FailedRows } from '../failures/failed-rows.js';
import { type FileOutput, openFileOutput } from '../file-output.js';
import { createRegistry, type SourceFactory } from '../registry.js';
import { decideRegion } from '../retry/region-decision.js';
import type { WriteText } from '../sinks/print.js';
import type { ResultQueue } from '../sinks/result-queue.js';
import { type CheckpointSettings, hasCheckpoints } from './checkpoint-settings.js';
import { Checkpoints, isSuspended, type LastCheckpoint } from './checkpointing.js';
import { letterStages } from './dead-letter-tables.js';
import { engineReadings } from './engine-metrics.js';
import type { JobMetrics, Progress } from './session-types.js';
import { StageReadings } from './stage-readings.js';
import { isFinal, withRestarts } from './with-restarts.js';
import { workerSummaries } from './worker-summaries.js';

/** As `Checkpoints.stop`. */
export type StopJob = (by: LastCheckpoint) => Promise<string>;

/** What a run is given beside the graph. */
export interface RunOptions {
  readonly engine: Engine;
  readonly sources: ReadonlyMap<string, SourceFactory>;
  readonly results: ResultQueue | null;
  readonly print: WriteText;
  readonly signal: AbortSignal;
  /** Aborting it ends the sources; the run is then a good one. */
  readonly drain: AbortSignal;
  /** What a streaming job does about checkpoints. */
  readonly checkpoints: CheckpointSettings;
  /** Its plan, which is put beside them. */
  readonly plan: () => string;
  /** Gets what ends it by a last checkpoint, while that can be. */
  readonly onStoppable: (stop: StopJob | null) => void;
  /** When one that failed is begun again. */
  readonly restarts: RestartSettings;
  readonly onNote: (text: string) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Called with what a stream has given until it was cancelled. */
  readonly onCancelled: (outcome: RunOutcome) => void;
  /** Called about once a second and at the end; null: nobody listens. */
  readonly onMetrics: ((metrics: JobMetrics) => void) | null;
}

/** What a run gave. */
export interface RunOutcome {
  readonly metrics: ReadonlyMap<string, StageMetrics>;
  readonly seconds: number;
  /** It was ended by a last checkpoint, to be gone on from. */
  readonly isSuspended: boolean;
}

const PROGRESS_MS = 100;
/** Metrics are given once a second. */
const TICKS_PER_METRICS = 10;

/**
 * Runs `graph` to its end. Files of its sinks are visible only if everything succeeded, or their checkpoint is complete;
 * after a failure nothing else of them is left.
 * @throws the first error of any stage, or CancelledError.
 */
export async function runGraph(graph: StageGraph, options: RunOptions): Promise<RunOutcome> {
  const { results } = options;
  let checkpoints: Checkpoints | null = null;
  try {
    if (graph.mode === 'streaming' && hasCheckpoints(options.checkpoints))
      checkpoints = await Checkpoints.open(graph, { ...options, settings: options.checkpoints });
    const outcome = await attempts(graph, options, checkpoints);
    if (!outcome.isSuspended) await checkpoints?.succeed();
    results?.finish();
    return outcome;
  } catch (error) {
    await checkpoints?.fail();
    results?.finish(error);
    throw error;
  }
}

/** A streaming job is begun again where its settings say so; stages of a batch job are, one by one. */
function attempts(
  graph: StageGraph,
  options: RunOptions,
  checkpoints: Checkpoints | null,
): Promise<RunOutcome> {
  const { engine, signal, onNote, restarts } = options;
  const leftBehind = new Set<string>();
  if (graph.mode === 'batch' || restarts.type === 'none') {
    return runAttempt(graph, options, checkpoints, {
      endsResult: (reason) => !isSuspended(reason),
      failed: () => {},
      leftBehind,
    });
  }
  return withRestarts(
    (failed) =>
      runAttempt(graph, options, checkpoints, {
        endsResult: (reason) => isFinal(reason) && !isSuspended(reason),
        failed,
        leftBehind,
      }),
    {
      strategy: restartStrategy(restarts, Math.random),
      nowMs: () => Number(engine.clock.monotonicNs() / 1_000_000n),
      timers: engine.timers,
      signal,
      onNote,
      recover: async () => (await checkpoints?.recover()) ?? 'from the beginning',
    },
  );
}

/** What an attempt tells, and is told, of those after it. */
interface AttemptParts {
  readonly endsResult: (reason: unknown) => boolean;
  /** Called with the reason why no other may follow, before it throws. */
  readonly failed: (whyNotAgain: string | null) => void;
  /** As `ConnectorHost`. */
  readonly leftBehind: Set<string>;
}

async function runAttempt(
  graph: StageGraph,
  options: RunOptions,
  checkpoints: Checkpoints | null,
  { endsResult, failed, leftBehind }: AttemptParts,
): Promise<RunOutcome> {
  const { engine } = options;
  const outputs = new Map<string, FileOutput>();
  const startNs = engine.clock.monotonicNs();
  try {
    for (const stage of graph.stages) {
      const files = filesWrittenBy(stage);
      if (checkpoints === null && files !== null)
        outputs.set(stage.id, await openFileOutput(files, (paths) => engine.bridge.guard(paths)));
    }
    const registry = createRegistry(
      engine,
      {
        results: options.results,
        endsResult,
        outputs,
        kept: checkpoints?.kept ?? null,
        checkpointIntervalMs: checkpoints === null ? null : options.checkpoints.interval,
        leftBehind,
        print: options.print,
        onNote: options.onNote,
      },
      options.sources,
    );
    const job = new Job(graph, registry, engine, {
      ...DEFAULT_JOB_OPTIONS,
      edgeBytes: () => engine.sizes.bufferBytes,
      bufferBytes: () => engine.sizes.bufferBytes,
      miniBatchMs: graph.mode === 'streaming' ? (engine.sizes.miniBatch?.latencyMs ?? null) : null,
      stallAfterMs: engine.sizes.stallAfterMs,
      signal: options.signal,
      decide: (failure) => decide(failure, graph.mode, engine.failedRows),
      schemas: engine.schemas,
      restored: checkpoints?.restored?.states ?? null,
      lastCheckpoint: checkpoints?.restored?.id ?? 0,
      sinksEndWithCheckpoint: checkpoints !== null,
    });
    const drain = () => job.drain();
    options.drain.addEventListener('abort', drain, { once: true });
    if (options.drain.aborted) drain();
    const stopReporting = reportProgress(job, graph, options, startNs);
    const stopCheckpoints = checkpoints?.start(job);
    if (checkpoints !== null) options.onStoppable((by) => checkpoints.stop(job, by));
    let suspended = false;
    const outcome = (): RunOutcome => {
      const seconds = Number(engine.clock.monotonicNs() - startNs) / 1e9;
      return { metrics: job.metrics, seconds, isSuspended: suspended };
    };
    try {
      await job.run();
    } catch (error) {
      suspended = isSuspended(error);
      failed(job.whyNotAgain());
      if (graph.mode === 'streaming' && !suspended && error instanceof CancelledError)
        options.onCancelled(outcome());
      if (!suspended) throw error;
    } finally {
      options.onStoppable(null);
      await stopCheckpoints?.();
      options.drain.removeEventListener('abort', drain);
      stopReporting();
      reportMetrics(job, graph, options, startNs, true);
    }
    engine.failedRows.finish();
    for (const output of outputs.values()) await output.commit();
    return outcome();
  } catch (error) {
    // The first made the folder that the others are in.
    for (const output of [...outputs.values()].reverse()) await output.abort();
    throw error;
  }
}

/** Tells of stages that are run again. */
function decide(failure: RegionFailure, mode: StageGraph['mode'], told: FailedRows): RegionDecision {
  const decision = decideRegion(failure, mode);
  if (decision === 'again') {
    const ids = failure.stages.map(({ id }) => id);
    const what = ids.length === 1 ? `Stage ${ids[0]} is` : `Stages ${ids.join(', ')} are`;
    told.restarted(failure.error as MillstreamError, `${what} run again from the start.`);
  }
  return decision;
}

/** Rows that have left the stages that read something from outside. */
export function rowsRead(graph: StageGraph, metrics: ReadonlyMap<string, StageMetrics>): number {
  const ofLetters = letterStages(graph);
  return graph.stages
    .filter((stage) => stage.inputs.length === 0 && !ofLetters.has(stage.id))
    .reduce((sum, stage) => sum + rowsOf(stage, metrics), 0);
}

/** Rows that a stage has read; where it calls functions on them too, others may leave it. */
function rowsOf(stage: Stage, metrics: ReadonlyMap<string, StageMetrics>): number {
  const { rowsIn = 0, rowsOut = 0 } = metrics.get(stage.id) ?? {};
  return stage.kind === 'python' ? rowsIn : rowsOut;
}

/** What the rows read so far come to at the end; null until every reading stage knows how far it is. */
function rowsExpected(graph: StageGraph, metrics: ReadonlyMap<string, StageMetrics>): number | null {
  const ofLetters = letterStages(graph);
  let total = 0;
  for (const stage of graph.stages) {
    if (stage.inputs.length > 0 || ofLetters.has(stage.id)) continue;
    const { fractionRead = null } = metrics.get(stage.id) ?? {};
    if (fractionRead === null || fractionRead <= 0) return null;
    total += rowsOf(stage, metrics) / fractionRead;
  }
  return Math.round(total);
}

function reportMetrics(
  job: Job,
  graph: StageGraph,
  { engine, onMetrics }: RunOptions,
  startNs: bigint,
  final: boolean,
): void {
  if (onMetrics === null) return;
  const counted = engineReadings({
    seconds: Number(engine.clock.monotonicNs() - startNs) / 1e9,
    stages: job.metrics,
    workers: workerSummaries(graph, [...job.metrics.values()], engine.functionWorkers),
    restarts: engine.failedRows.restarts,
    deaths: engine.failedRows.deaths(),
    failures: engine.failedRows.counts(),
    coreResidentBytes: process.memoryUsage.rss(),
    heldUp: job.heldUp,
  });
  onMetrics({ jobId: engine.job.id, final, readings: engine.measured.readings(), engine: counted });
}

function reportProgress(job: Job, graph: StageGraph, options: RunOptions, startNs: bigint): () => void {
  const { engine, onProgress } = options;
  let cancel = () => {};
  let ticks = 0;
  const stages = new StageReadings(graph, job);
  const tick = () => {
    onProgress({
      rows: rowsRead(graph, job.metrics),
      totalRows: rowsExpected(graph, job.metrics),
      stages: stages.read(),
    });
    ticks += 1;
    if (ticks % TICKS_PER_METRICS === 0) reportMetrics(job, graph, options, startNs, false);
    cancel = engine.timers.after(PROGRESS_MS, tick);
  };
  cancel = engine.timers.after(PROGRESS_MS, tick);
  return () => cancel();
}
