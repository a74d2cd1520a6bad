/** What the engine counts of a running job, beside what functions measure themselves. */
import type { StageMetrics } from '../../core/index.js';
import type { DeathCount, FailureCount } from '../failures/failed-rows.js';
import type { EngineReading, WorkerSummary } from './session-types.js';

/** What the readings are taken from. */
export interface EngineFacts {
  readonly seconds: number;
  readonly stages: ReadonlyMap<string, StageMetrics>;
  readonly workers: readonly WorkerSummary[];
  readonly restarts: number;
  readonly deaths: readonly DeathCount[];
  readonly failures: readonly FailureCount[];
  /** Of the process of the core. */
  readonly coreResidentBytes: number;
  /** Stages that wait for who reads what they give. */
  readonly heldUp: ReadonlySet<string>;
}

/** All readings, those of one stage, function and worker together; counters only ever grow during a job. */
export function engineReadings(facts: EngineFacts): EngineReading[] {
  return [
    gauge('job.seconds', {}, facts.seconds),
    gauge('core.resident_bytes', {}, facts.coreResidentBytes),
    counter('job.worker_restarts', {}, facts.restarts),
    ...[...facts.stages].flatMap(([stage, metrics]) => ofStage(stage, metrics, facts.heldUp)),
    ...facts.workers.flatMap(ofWorker),
    ...facts.deaths.map(({ function: name, code, workers }) =>
      counter('function.worker_deaths', { function: name ?? '', code }, workers),
    ),
    ...facts.failures.map(({ function: name, code, exception, onError, rows }) =>
      counter(
        'function.failed_rows',
        { function: name, code, exception: exception ?? '', on_error: onError },
        rows,
      ),
    ),
  ];
}

function ofStage(stage: string, metrics: StageMetrics, heldUp: ReadonlySet<string>): EngineReading[] {
  const { rowsIn, rowsOut, batchesIn, batchesOut, bytesIn, bytesOut, lateRows, watermarkMs } = metrics;
  const { pendingRows } = metrics;
  return [
    gauge('stage.held_up', { stage }, heldUp.has(stage) ? 1 : 0),
    ...(pendingRows === null ? [] : [gauge('stage.pending_rows', { stage }, pendingRows)]),
    counter('stage.rows_in', { stage }, rowsIn),
    counter('stage.rows_out', { stage }, rowsOut),
    counter('stage.batches_in', { stage }, batchesIn),
    counter('stage.batches_out', { stage }, batchesOut),
    counter('stage.bytes_in', { stage }, bytesIn),
    counter('stage.bytes_out', { stage }, bytesOut),
    ...(watermarkMs === null
      ? []
      : [
          counter('stage.late_rows', { stage }, lateRows),
          gauge('stage.watermark_seconds', { stage }, watermarkMs / 1000),
        ]),
    ...[...metrics.functions].flatMap(([name, counters]) => {
      const labels = { stage, function: name };
      const { calls, retries, batches, waitingNs, shippingNs, pythonNs, returningNs } = counters;
      return [
        counter('function.calls', labels, calls),
        counter('function.retries', labels, retries),
        counter('function.batches', labels, batches),
        counter('function.waiting_seconds', labels, waitingNs / 1e9),
        counter('function.shipping_seconds', labels, shippingNs / 1e9),
        counter('function.python_seconds', labels, pythonNs / 1e9),
        counter('function.returning_seconds', labels, returningNs / 1e9),
      ];
    }),
  ];
}

function ofWorker({ name, kind, peakBytes, capBytes, capLevel }: WorkerSummary): EngineReading[] {
  const labels = { worker: name, kind, enforced_by: capLevel };
  return [
    ...(peakBytes === null ? [] : [gauge('worker.memory_peak_bytes', labels, peakBytes)]),
    ...(capBytes === null ? [] : [gauge('worker.memory_cap_bytes', labels, capBytes)]),
  ];
}

function counter(name: string, labels: Readonly<Record<string, string>>, value: number): EngineReading {
  return { name, kind: 'counter', labels, value };
}

function gauge(name: string, labels: Readonly<Record<string, string>>, value: number): EngineReading {
  return { name, kind: 'gauge', labels, value };
}
