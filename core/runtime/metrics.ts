/** Counters of a running job, read by the progress line and the summary. Plain mutable numbers: one writer each. */

/** Counters of one stage. The task counts the rows; the operator adds functions and workers. */
export interface StageMetrics {
  rowsIn: number;
  rowsOut: number;
  batchesIn: number;
  batchesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Rows that came after the watermark had passed them, and were dropped. */
  lateRows: number;
  /** Event time that is over for the stage, in milliseconds since the epoch; null: nothing has said so. */
  watermarkMs: number | null;
  /** Of a source, records that are there and that it has not read; null: it does not know. */
  pendingRows: number | null;
  /** Part of its files that a reading stage has read, 0 to 1; null where that is not known. */
  fractionRead: number | null;
  /** By function name; empty where the stage calls none. */
  readonly functions: Map<string, FunctionMetrics>;
  /** By worker name. */
  readonly workers: Map<string, WorkerMetrics>;
}

/** Where the time of one function went, in nanoseconds summed over its bundles. */
export interface FunctionMetrics {
  /** From having the input to sending it: no worker was free. */
  waitingNs: number;
  /** From sending a bundle to having its columns in the worker. */
  shippingNs: number;
  /** Inside the function, the conversion of its values included. */
  pythonNs: number;
  /** From the end of the function to having the result in the core. */
  returningNs: number;
  /** Times the function was called: rows, or batches for a vectorised one. */
  calls: number;
  /** Further calls, made again after an exception. */
  retries: number;
  batches: number;
  rows: number;
}

/** One worker process: its highest memory against its cap. */
export interface WorkerMetrics {
  kind: 'function' | 'relational';
  peakBytes: number;
  /** Null where nothing is enforced. */
  capBytes: number | null;
  /** The level that enforces the cap: `cgroup-v1`, `watchdog`, … */
  capLevel: string;
}

/** All zero. */
export function newStageMetrics(): StageMetrics {
  return {
    rowsIn: 0,
    rowsOut: 0,
    batchesIn: 0,
    batchesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    lateRows: 0,
    watermarkMs: null,
    pendingRows: null,
    fractionRead: null,
    functions: new Map(),
    workers: new Map(),
  };
}

/** The counters of function `name` in a stage, made on first use. */
export function functionMetrics(stage: StageMetrics, name: string): FunctionMetrics {
  let metrics = stage.functions.get(name);
  if (metrics === undefined) {
    metrics = {
      waitingNs: 0,
      shippingNs: 0,
      pythonNs: 0,
      returningNs: 0,
      calls: 0,
      retries: 0,
      batches: 0,
      rows: 0,
    };
    stage.functions.set(name, metrics);
  }
  return metrics;
}

/** Notes what a worker uses: the highest value seen stays. */
export function noteWorker(stage: StageMetrics, name: string, seen: Readonly<WorkerMetrics>): void {
  const known = stage.workers.get(name);
  stage.workers.set(name, { ...seen, peakBytes: Math.max(seen.peakBytes, known?.peakBytes ?? 0) });
}
