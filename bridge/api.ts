/**
 * The public interfaces of the bridge. Operators use workers only through these; nothing of the wire, of
 * processes or of cgroups shows.
 */
import type {
  AnalysisRequest,
  Batch,
  Clock,
  ColumnGroup,
  MetricValue,
  MillstreamError,
  SchemaRegistry,
  Timers,
} from '../core/index.js';
import type { AnswerSpill } from './bundle-answer.js';
import type { EarlyZygotes } from './early-zygotes.js';
import type { IsolationOptions } from './isolation/isolation.js';
import type { LeftoverNotes } from './leftover-notes.js';
import type {
  AnalyzeFunctionResult,
  ColumnSpec,
  DescribeFiles,
  DescribeFilesResult,
  FailedRow,
  LoadFunctionsResult,
  OpenFunctionStage,
  OpenRelationalStage,
  Progress,
  RelationalStatistics,
  Split,
} from './protocol/messages.js';
import type { ProcessLimits } from './worker-limits.js';
import type { RecycleLimits } from './worker-wear.js';

/** How a worker's memory cap is enforced, best first; `watchdog` samples and kills, the others are the kernel's. */
export type CapLevel = 'cgroup-v2' | 'systemd-scope' | 'cgroup-v1' | 'watchdog';

/** What a bridge is started with. */
export interface BridgeOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** The schemas of the job; workers' own schemas are registered in it. */
  readonly schemas: SchemaRegistry;
  /** Path of a Python interpreter (`choosePython` and `findPython` give one). */
  readonly python: string;
  /** Called where Python did not start: throws what is wrong with the interpreter, if that is it. */
  readonly diagnose?: () => Promise<unknown>;
  /** Zygotes that run already; those that fit are taken, the others stay with the caller. */
  readonly earlyZygotes?: EarlyZygotes | undefined;
  /** Folders put in front of the workers' PYTHONPATH, before the package's own. */
  readonly pythonPath?: readonly string[];
  /** IANA name. */
  readonly timeZone: string;
  /** Time between heartbeats; 1,000 by default. */
  readonly heartbeatMs?: number;
  /** Lowest level of Python `logging` that is sent; INFO by default. */
  readonly logLevel?: string;
  /** Levels of single Python loggers, by name. */
  readonly logLevels?: Readonly<Record<string, string>>;
  /** Called for each line that a worker prints or logs. */
  readonly onLog: (entry: WorkerLog) => void;
  /** Most bytes of batches that lie in shared memory between workers; 0, the default: all are copied through sockets. */
  readonly sharedMemoryBytes?: number;
  /** Every message between core and workers carries a CRC-32; batches are copied then, never shared. False by default. */
  readonly checksum?: boolean;
  /** Folders of a file system in memory, best first; by default /dev/shm and the user's runtime folder. */
  readonly sharedMemoryFolders?: readonly string[];
  /** Private folders of the caller: a zygote that ends, because this process was killed or closes, removes them with all in them. */
  readonly temporaryFolders?: readonly string[];
  /** Where everything is noted that a death of this process and of its zygotes would leave; absent: nowhere. */
  readonly leftovers?: LeftoverNotes | undefined;
  /** False starts each worker as a process of its own (about 1 s); true by default, except on macOS. */
  readonly useZygote?: boolean;
  /** Puts function workers into sandboxes; null, the default: they run with the rights of this process. */
  readonly isolation?: IsolationOptions | null;
  /** Somebody may stop in the workers for as long as they like: nothing is reported as stuck, nothing times out. */
  readonly debugging?: boolean;
  /** Refuses to start where caps cannot be enforced by the kernel. False by default. */
  readonly requireHardCaps?: boolean;
  /** When workers are due to be replaced (`Worker.wear`); by default never. */
  readonly recycling?: RecycleLimits;
  /** Limits on waiting; tests shorten them. */
  readonly graces?: Partial<Graces>;
  /** Takes this level even where a better one is available. */
  readonly capLevel?: CapLevel;
}

/** How long the bridge waits for workers, in milliseconds. */
export interface Graces {
  /** From the fork to the worker's HELLO: 30,000. */
  readonly helloMs: number;
  /** From an instruction to import or open functions to its answer: 300,000. */
  readonly initMs: number;
  /** From the shutdown instruction to SIGTERM: 5,000. */
  readonly shutdownMs: number;
  /** From cancelling a stage to killing the worker that still runs it: 500. */
  readonly cancelMs: number;
  /** From SIGTERM to SIGKILL: 2,000. */
  readonly terminateMs: number;
  /** From SIGTERM to SIGKILL where the user interrupts the job: 400. */
  readonly abortMs: number;
  /** A bundle without progress is reported with its Python stack after this long: 10,000. */
  readonly stuckMs: number;
}

/** A line printed or logged in a worker, or a note of the bridge about it (`source` is `bridge`). */
export interface WorkerLog {
  readonly worker: string;
  readonly source: 'stdout' | 'stderr' | 'logging' | 'bridge';
  /** DEBUG, INFO, WARNING, ERROR or CRITICAL. */
  readonly level: string;
  /** Function that ran; null outside of functions. */
  readonly function: string | null;
  readonly text: string;
  /** Lines left out by the rate limit before this one. */
  readonly dropped: number;
}

/** A Python for function workers other than the bridge's own. */
export interface WorkerPython {
  /** Unique; of a built environment its name in the cache folder. */
  readonly key: string;
  readonly executable: string;
  /** An environment that Millstream built: PYTHONPATH of the core does not count there. */
  readonly isBuilt: boolean;
}

/** A worker to start. */
export interface WorkerSpec extends ProcessLimits {
  readonly kind: 'function' | 'relational';
  /** What messages call it, for example the function or stage it serves. */
  readonly name: string;
  /** Hard cap of the worker's whole process tree, in bytes. */
  readonly memoryBytes: number;
  /** Cores, fractions allowed; null: no limit. */
  readonly cpus: number | null;
  readonly workingDirectory: string;
  /** The environment it runs in; null: the bridge's own Python. */
  readonly python: WorkerPython | null;
  /** Where workers are isolated: those with the same name (and environment) share a sandbox. Null: the common one. */
  readonly sandbox: string | null;
  /** The core's variables that it is given, by name; null: all of them. */
  readonly inherited: readonly string[] | null;
  /** Variables set on top of those. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Why the core kills a worker; becomes the verdict. */
export type KillReason =
  | {
      readonly kind: 'timeout';
      readonly function: string | null;
      readonly timeoutMs: number;
      readonly stack: string | null;
    }
  /** Functions were not imported, or not opened, in time. */
  | {
      readonly kind: 'init';
      readonly functions: readonly string[];
      readonly timeoutMs: number;
      readonly stack: string | null;
    }
  | { readonly kind: 'cancelled' };

/** What a worker used so far, or in all once it ended. */
export interface WorkerUsage {
  /** Bytes charged against the cap now; null where not known, or once it ended. */
  readonly usedBytes: number | null;
  /** Most bytes charged against the cap (with cgroups page cache is included); null where not known. */
  readonly peakBytes: number | null;
  /** Most bytes resident. */
  readonly residentPeakBytes: number | null;
  readonly capBytes: number;
  readonly capLevel: CapLevel;
  /** User and system time; null until the worker ended. */
  readonly cpuSeconds: number | null;
}

/**
 * Milliseconds that a call of a function may take: of each, of those that are named, or null, any time. It is kept to the
 * time between heartbeats. Where a function does not tell its rows, a bundle is one call.
 */
export type TimeLimits = number | null | ReadonlyMap<string, number>;

/** A running worker. Every pending promise is rejected with the verdict when it dies. */
export interface Worker {
  readonly id: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  readonly pid: number;
  readonly memoryBytes: number;
  /** Versions the worker reported: python, pyarrow, pyzmq, millstream and duckdb. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Imports functions. `paths` are absolute; declarations come in the order of `functions`, sources are the files of
   * all modules imported so far that are not installed.
   * @throws {UdfError} when a module or attribute is missing, fails at import, or is not a function Millstream can call.
   */
  loadFunctions(
    paths: readonly string[],
    functions: readonly { readonly name: string; readonly target: string }[],
  ): Promise<LoadFunctionsResult>;
  /**
   * The columns that a loaded function gives for a call.
   * @throws {UdfError} UDF_ANALYZE
   */
  analyzeFunction(request: AnalysisRequest): Promise<AnalyzeFunctionResult>;
  /** What Parquet files have, read as function workers read them: `SplitSource`. */
  describeFiles(request: Omit<DescribeFiles, 'kind'>): Promise<DescribeFilesResult>;
  /**
   * A call that takes longer than its limit kills the worker: UDF_TIMEOUT. `onMetrics` is called
   * with what the functions measured, until the stage is closed. `spill` bounds what an answer takes of memory; null: nothing does.
   */
  openFunctionStage(
    body: Omit<OpenFunctionStage, 'kind'>,
    limits?: TimeLimits,
    onMetrics?: (values: readonly MetricValue[]) => void,
    spill?: AnswerSpill | null,
  ): Promise<FunctionStageHandle>;
  /** Starts a query. `windowBytes` of output may be on the way or unread at a time: 32 MiB by default. */
  openRelationalStage(
    body: Omit<OpenRelationalStage, 'kind'>,
    windowBytes?: number,
  ): Promise<RelationalStageHandle>;
  /** Python stacks of all threads, also while a function runs. */
  dumpStack(): Promise<string>;
  /** Lets functions close, then ends the worker: asks, then SIGTERM, then SIGKILL. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills the whole process tree at once; resolves when it is gone. */
  kill(reason: KillReason): Promise<void>;
  usage(): WorkerUsage;
  /** Most rows of a bundle, halved each time one brings the worker near its cap; null: any number. Whoever makes bundles heeds it. */
  readonly rowLimit: number | null;
  /** Why a fresh worker should take its place (`BridgeOptions.recycling`), as the end of a sentence; null: it need not. */
  wear(): string | null;
  /** Stages that are open in it. */
  readonly openStages: number;
  /** Ends it as `stop` does, and says why: `wear()`. */
  recycle(): Promise<void>;
  /** What the last heartbeat said it runs, and how far; null when idle. */
  progress(): Progress | null;
  /** Messages of closed stages and dead epochs that arrived late and were dropped. */
  readonly lateFrames: number;
  /** Resolves when the process is gone: null if it was asked to stop, else the verdict. */
  readonly ended: Promise<MillstreamError | null>;
}

/** Batches processed together by a function stage. */
export interface Bundle {
  /** Unique among the bundles of the stage that are in flight. */
  readonly sequence: number;
  readonly rows: number;
  /** The shipped groups, in the order of the stage's input columns; none for a split. */
  readonly groups: readonly ColumnGroup[];
  /** What the worker reads itself, where the stage has a `source`; absent: `groups`. */
  readonly split?: Split;
  /** The last key group goes on in the next bundle. */
  readonly continued: boolean;
}

/** What a function stage made of a bundle. Who receives it loads or releases its spilled parts. */
export interface BundleResult {
  readonly batches: readonly AnswerPart[];
  /** Rows that functions failed on and that were given up, in the order they were met. */
  readonly failedRows: readonly FailedRow[];
  readonly timing: BundleDurations;
}

/** A part of a bundle's result. */
export interface BundleBatch {
  readonly rows: number;
  /** For a split the groups that go on in front of the results; absent otherwise. */
  readonly kept?: readonly ColumnGroup[];
  /** The result columns; null where the stage has none (a filter that returns only a selection). */
  readonly group: ColumnGroup | null;
  /** For each row of the result its row in the bundle (-1 never occurs); null: one to one, or of a split. */
  readonly rowSelection: Int32Array | null;
}

/** A part that waits in a spill file (`AnswerSpill`). */
export interface SpilledBatch {
  readonly rows: number;
  /** What it will take in memory. */
  readonly bytes: number;
  /** Reads it, once. @throws {InternalError} SPILL_CORRUPT; {ResourceError} SPILL_FAILED */
  load(): Promise<BundleBatch>;
  /** It is not needed. */
  release(): void;
}

export type AnswerPart = BundleBatch | SpilledBatch;

/** Where the time of a bundle went, in nanoseconds of CLOCK_MONOTONIC. They add up to about `totalNs`. */
export interface BundleDurations {
  /** Behind earlier bundles: in the core's send queue and in the worker. */
  readonly waitingNs: number;
  /** On the way to the worker, and decoding there. */
  readonly shippingNs: number;
  /** By step: inside the function, the conversion of its values included. */
  readonly pythonNs: readonly number[];
  /** Encoding, and the way back. */
  readonly returningNs: number;
  /** From the call of `process` to the complete answer. */
  readonly totalNs: number;
  /** Calls of the Python function, by step. */
  readonly calls: readonly number[];
  /** Further calls, made again after an exception, by step. */
  readonly retries: readonly number[];
}

/** An open function stage. */
export interface FunctionStageHandle {
  /** Columns of the result. */
  readonly output: readonly ColumnSpec[];
  /**
   * Processes one bundle; several may be in flight and are processed in the order of the calls.
   * The groups are frozen until it settles. `notCalled`: a function that is not called, as if it failed on these rows.
   * @throws {UdfError} when a function failed; @throws {WorkerError} with the verdict when the worker died.
   */
  process(bundle: Bundle, notCalled?: string): Promise<BundleResult>;
  /** Ends the stage; bundles still in flight are rejected with a CancelledError. */
  close(): Promise<void>;
}

/** A batch of a relational stage's output; `sequence` counts up, or in per-batch stages names the last of the input batches that it answers. */
export interface SequencedBatch extends Batch {
  readonly sequence: number;
}

/** An open relational stage. */
export interface RelationalStageHandle {
  /**
   * Sends a batch to `input` once the worker has room; resolves with its sequence number. Order is kept. A stage with a query for
   * each batch answers those that wait together where they `mayJoin` the one before them.
   */
  send(input: number, batch: Batch, mayJoin?: boolean): Promise<number>;
  /** No more batches on `input`. */
  endInput(input: number): Promise<void>;
  /** The output, once. Taking a batch gives the worker room for the next ones. Throws what made the stage fail. */
  batches(): AsyncIterableIterator<SequencedBatch>;
  /** Resolves at the end of the output; rejects with what made the stage fail. */
  readonly statistics: Promise<RelationalStatistics>;
  /** Stops the query; `batches` and `statistics` then fail with a CancelledError. */
  cancel(): Promise<void>;
  /** Frees what the stage holds in the worker; cancels it first if it still runs. */
  close(): Promise<void>;
}
