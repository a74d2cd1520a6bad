/** The session as its users see it: what it is opened with, what statements give, where time and memory went. */
import type {
  Column,
  Finding,
  FlinkVersion,
  FunctionDeclaration,
  MetricReading,
  MillstreamError,
} from '../../core/index.js';
import type { FailureCount } from '../failures/failed-rows.js';

/** How a session is opened. */
export interface SessionOptions {
  /** Keys and values of `-D`; SET statements of the script come later and win. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Relative paths are resolved against it. */
  readonly workingDirectory: string;
  /** Modules of functions are also found here; null: standard input or `-e`. */
  readonly jobFolder: string | null;
  /** A line that a worker printed or logged. */
  readonly onLog: (entry: LogLine) => void;
  readonly onProgress: (progress: Progress) => void;
  /** What functions of the running job measured, once a second and at the end; not called where they measure nothing. */
  readonly onMetrics?: (metrics: JobMetrics, settings: MetricSettings) => void;
  /** Whether anybody reads them by these settings; false saves their making. Absent: always. */
  readonly needsMetrics?: (settings: MetricSettings) => boolean;
  /** Writes rows of `print` tables; resolves when more may be written. */
  readonly print: (text: string) => Promise<void>;
  /** Something a user should know and need not act on: the chosen mode, a key without effect. */
  readonly onNote: (text: string) => void;
  /** Something that a user must know at once: the job waits. Absent: as a note. */
  readonly onWarning?: (text: string) => void;
  /** What a stream had come to when `signal` cancelled it, and how it could be gone on from the next time (null: it can). */
  readonly onCancelled?: (summary: JobSummary, note: string | null) => void;
  /** What other jobs of the user call it; absent: a session. */
  readonly name?: string;
  /** Aborting it cancels what runs; `execute` then throws a CancelledError. */
  readonly signal: AbortSignal;
  /** Interpreter for the workers; null: found by the bridge. */
  readonly python: string | null;
  /** A function whose `breakpoint()` opens a debugger; its stages then run in one worker. Absent: none is debugged. */
  readonly debug?: DebugOptions;
  /** Null: as the script says, else by its sources. */
  readonly mode: 'batch' | 'streaming' | null;
}

/** Where the debugger of a function is. */
export interface DebugOptions {
  /** The function's name in the job. */
  readonly function: string;
  /** A Unix socket that leads to the terminal. */
  readonly socket: string;
  /** Port of the Debug Adapter Protocol, served by debugpy instead; null: the terminal. */
  readonly port: number | null;
}

/** A line of a worker's output. */
export interface LogLine {
  readonly worker: string;
  readonly level: string;
  readonly function: string | null;
  readonly text: string;
  /** Lines left out by the rate limit before this one. */
  readonly dropped: number;
}

/** How far the running job is. */
export interface Progress {
  /** Rows that the job has read so far. */
  readonly rows: number;
  /** Rows it will read; null where that is not known. */
  readonly totalRows: number | null;
  /** Of a stream that does not end its operators, in the order of its graph; empty for other jobs. */
  readonly stages: readonly StageProgress[];
}

/** How an operator of a stream is. */
export interface StageProgress {
  readonly stage: string;
  /** What it does, as EXPLAIN says it. */
  readonly description: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Of a source, records that are there and that it has not read; null: it does not know. */
  readonly pendingRows: number | null;
  /** Event time that is over for it, in milliseconds since 1970; null: nothing has said so. */
  readonly watermarkMs: number | null;
  /** The part of the last second or so, 0 to 1, in which it had to wait for who reads what it gives. */
  readonly backpressure: number;
}

/** What functions of one run have measured so far. */
export interface JobMetrics {
  readonly jobId: string;
  /** True for the last ones of the run. */
  readonly final: boolean;
  readonly readings: readonly MetricReading[];
  /** What the engine counts: rows, calls, seconds and memory by stage, function and worker. */
  readonly engine: readonly EngineReading[];
}

/** What the job's configuration says of its metrics. */
export interface MetricSettings {
  /** `metrics.reporter.prom.port`: a port, or a range; null: none. */
  readonly prometheusPort: string | null;
}

/** A number that the engine counts, as it stands. Counters only grow during a job. */
export interface EngineReading {
  /** `stage.rows_in`, `function.calls`, `worker.memory_peak_bytes`, … */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Where a job's rows, time and memory went. */
export interface JobSummary {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly seconds: number;
  readonly functions: readonly FunctionSummary[];
  readonly workers: readonly WorkerSummary[];
  /** What functions measured by themselves (`FunctionContext.counter`, …). */
  readonly metrics: readonly MetricReading[];
  /** Rows that came after the watermark had passed them, and were dropped. */
  readonly lateRows: number;
  /** Workers that died and were replaced. */
  readonly restarts: number;
  /** Rows that functions failed on and that were given up, by function, code and exception. */
  readonly failures: readonly FailureCount[];
  /** By function with such rows, the files and tables that tell of each of them. */
  readonly letterPlaces: Readonly<Record<string, readonly string[]>>;
}

/** The time of one function, summed over its bundles; bundles overlap, so it may pass the job's own. */
export interface FunctionSummary {
  readonly name: string;
  readonly calls: number;
  /** Further calls, made again after an exception (`retry`). */
  readonly retries: number;
  readonly batches: number;
  readonly waitingMs: number;
  readonly shippingMs: number;
  readonly pythonMs: number;
  readonly returningMs: number;
}

/** One worker process and its memory cap. */
export interface WorkerSummary {
  readonly name: string;
  readonly kind: string;
  readonly peakBytes: number | null;
  /** Null where nothing is enforced. */
  readonly capBytes: number | null;
  readonly capLevel: string;
}

/** `+I` insertion, `-U` before and `+U` after an update, `-D` deletion (Flink's short names of RowKind). */
export type RowChange = '+I' | '-U' | '+U' | '-D';

/** Some decoded rows of a result. */
export interface ResultBatch {
  readonly rows: number;
  /** The change of each row; null: all are insertions. */
  readonly changes: readonly RowChange[] | null;
  /** The value as JSON text (DESIGN of `--format jsonl`); positions from 0. */
  jsonText(row: number, column: number): string;
}

/** Rows that a statement returns. Exactly one of its iterables is taken, once. */
export interface RowsResult {
  readonly kind: 'rows';
  readonly columns: readonly Column[];
  /** True where the order of the rows is part of the result. */
  readonly ordered: boolean;
  /** False: the rows go on until the job is stopped. */
  readonly bounded: boolean;
  /** Leaving the iteration early cancels the query. */
  batches(): AsyncIterable<ResultBatch>;
  /** The rows as one Arrow IPC stream, in pieces. */
  arrowStream(): AsyncIterable<Uint8Array>;
  /** As `arrowStream`, with a column behind the others that numbers `RowChange`; null: rows are only added. */
  readonly changeStream: (() => AsyncIterable<Uint8Array>) | null;
  /** Where rows and time went; null until the rows have been taken, and for results that no job made. */
  summary(): JobSummary | null;
}

/** What one statement gave. */
export type StatementResult =
  | { readonly kind: 'ok'; readonly statement: string; readonly message: string | null }
  | { readonly kind: 'explain'; readonly text: string }
  | {
      readonly kind: 'inserted';
      readonly table: string;
      readonly rows: number;
      readonly summary: JobSummary | null;
    }
  | RowsResult;

/** A statement that cannot be run as it is written. */
export interface WrongStatement {
  readonly kind: 'wrong';
  readonly error: MillstreamError;
}

/** What of a statement is not on Flink as it is here; positions are of the script's text. */
export interface PortabilityResult {
  readonly kind: 'portability';
  readonly statement: string;
  readonly findings: readonly PlacedFinding[];
  /** The mode that the statement has; null where it starts no job. */
  readonly mode: 'batch' | 'streaming' | null;
  /** What an export has instead of the statement; null: it has it as it is written. */
  readonly rewritten: string | null;
}

/** A finding with its place, from 1. */
export interface PlacedFinding extends Omit<Finding, 'span'> {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Runs statements of one script. */
export interface JobSession {
  /** Runs the statements in order; each result is used up before the next is asked for. */
  execute(sql: string): AsyncIterable<StatementResult>;
  /** As `execute`, but queries and INSERTs give an `explain` result instead of being run. */
  explain(sql: string): AsyncIterable<StatementResult>;
  /** As `explain`; a statement that is wrong is told, each once, and those after it are looked at all the same. */
  check(sql: string): AsyncIterable<StatementResult | WrongStatement>;
  /** As `check`, with what Apache Flink of that version would refuse or do otherwise. */
  portability(sql: string, version: FlinkVersion): AsyncIterable<PortabilityResult | WrongStatement>;
  /** What a Python function that a statement has created declares. @throws {UdfError} when it cannot be loaded */
  declaration(name: string): Promise<FunctionDeclaration>;
  /**
   * Ends in order: a streaming statement stops reading and finishes what it has read, a batch statement is cancelled,
   * no other is begun; `execute` then ends, or throws a CancelledError where something was not done. Workers close
   * their functions with `close`.
   */
  drain(): void;
  /**
   * Ends the streaming statement that runs by a last checkpoint of its own, which resolves with its folder, and begins no
   * other. Null: none runs that takes checkpoints.
   */
  stop(): Promise<string> | null;
  /** Ends workers and removes temporary files; may be called twice. */
  close(): Promise<void>;
}
