/**
 * Worker protocol, version 1: every message between the core and a worker, in the order of
 * `messages.schema.json` and of `python-udf/millstream/_worker/protocol.py`. `null`, never a missing property.
 *
 * Two DEALER–DEALER pairs for each worker. The core binds both, the worker connects and speaks first.
 * control: one frame, the JSON message.
 * data:    frame 0 the JSON message; then, only for `schema` and `batch`, the frames it announces.
 */
import type {
  AnalysisRequest,
  CallArgument,
  CallStep,
  ErrorDetails,
  ErrorKind,
  FunctionDeclaration,
  KeptState,
  MetricValue,
  ProcessColumns,
  RowGroup,
  Split,
  SplitFile,
  SplitPredicate,
} from '../../core/index.js';

export const PROTOCOL_VERSION = 1;

// ---------------------------------------------------------------- control, worker → core

/** First message of a worker. A wrong token or protocol closes the connection. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly token: string;
  readonly worker: string;
  readonly epoch: number;
  readonly pid: number;
  readonly kind: 'function' | 'relational';
  /** Versions by name: python, pyarrow, pyzmq, millstream, and duckdb for relational workers. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Answer to one instruction; `result` has the instruction's own form, null on error. */
export interface Reply {
  readonly type: 'reply';
  readonly instruction: number;
  readonly error: WireError | null;
  readonly result: unknown;
}

/** Every `heartbeatMs`, from a thread that runs no user code. */
export interface Heartbeat {
  readonly type: 'heartbeat';
  /** CLOCK_MONOTONIC, nanoseconds as decimal text. */
  readonly timeNs: string;
  /** Resident bytes of the process. */
  readonly rssBytes: number;
  /** What runs now; null when idle. */
  readonly running: Progress | null;
}

export interface Progress {
  readonly stage: string;
  /** Bundle sequence; null in relational stages. */
  readonly sequence: number | null;
  readonly function: string | null;
  /** Rows finished in this bundle or stage. */
  readonly rows: number;
  /** Part of a relational stage's files that has been read, 0 to 1; null where that is not known. */
  readonly fraction: number | null;
}

/** A line printed or logged inside the worker. */
export interface Log {
  readonly type: 'log';
  readonly source: 'stdout' | 'stderr' | 'logging';
  /** DEBUG, INFO, WARNING, ERROR or CRITICAL; INFO for stdout and stderr. */
  readonly level: string;
  readonly function: string | null;
  readonly text: string;
  /** Lines left out by the rate limit since the last message. */
  readonly dropped: number;
}

/** What the functions of a stage measured since the last message: between bundles, and before `close_stage` is answered. */
export interface Metrics {
  readonly type: 'metrics';
  readonly stage: string;
  readonly values: readonly MetricValue[];
}

// ---------------------------------------------------------------- control, core → worker

/** Accepts the worker and provisions it. */
export interface Welcome {
  readonly type: 'welcome';
  readonly limits: Limits;
  readonly heartbeatMs: number;
  /** Lowest level of Python `logging` that is sent. */
  readonly logLevel: string;
  /** Levels of single loggers, by their name. */
  readonly logLevels: Readonly<Record<string, string>>;
  /** IANA name; sessions of relational stages and LTZ conversions use it. */
  readonly timeZone: string;
  /** Every message of the data connection ends with a frame more: `checksum.ts`. */
  readonly checksum: boolean;
}

export interface Limits {
  /** Hard cap of the process tree in bytes; null where nothing is enforced. */
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly processes: number | null;
  readonly openFiles: number | null;
}

/** Work to do; answered by one `reply` with the same id. */
export interface Instruction {
  readonly type: 'instruction';
  readonly id: number;
  readonly body:
    | LoadFunctions
    | AnalyzeFunction
    | DescribeFiles
    | OpenFunctionStage
    | OpenRelationalStage
    | CloseStage
    | Cancel
    | DumpStack
    | Shutdown;
}

/** Imports functions. Reply: `LoadFunctionsResult`. */
export interface LoadFunctions {
  readonly kind: 'load_functions';
  /** Folders, .py and .zip files put in front of sys.path, absolute. */
  readonly paths: readonly string[];
  readonly functions: readonly { readonly name: string; readonly target: string }[];
}

export interface LoadFunctionsResult {
  /** In the order asked. */
  readonly declarations: readonly FunctionDeclaration[];
  /** Every module imported so far, but for those of Python, of installed packages and of zip files. */
  readonly sources: readonly ModuleSource[];
}

/** A file that was imported, and the hash of its content then. */
export interface ModuleSource {
  readonly file: string;
  readonly sha256: string;
}

/** Asks a loaded function for its columns in a call. Reply: `AnalyzeFunctionResult`. */
export interface AnalyzeFunction extends AnalysisRequest {
  readonly kind: 'analyze_function';
}

export interface AnalyzeFunctionResult {
  /** A ROW type as SQL text. */
  readonly columns: string;
}

/** Asks what Parquet files have; nothing but their footers is read. Reply: `DescribeFilesResult`. */
export interface DescribeFiles {
  readonly kind: 'describe_files';
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Columns by their names in the files, with the types that they are to have. */
  readonly columns: readonly ColumnSpec[];
  /** Row groups in which it holds for no row, by their statistics, are given without rows; null: all are wanted. */
  readonly predicate: SplitPredicate | null;
}

export interface DescribeFilesResult {
  /** Why a function worker would not read the same values as a relational worker; null: it would. */
  readonly misfit: string | null;
  /** In the order asked; none where they do not fit. */
  readonly files: readonly SplitFile[];
  /** Those of each file. */
  readonly rowGroups: readonly (readonly RowGroup[])[];
}

/** Prepares a function stage. Reply: `{output: ColumnSpec[]}`. */
export interface OpenFunctionStage {
  readonly kind: 'open_function_stage';
  readonly stage: string;
  readonly mode:
    | 'scalar'
    | 'filter'
    | 'table'
    | 'aggregate'
    | 'partial'
    | 'merge'
    | 'map'
    | 'window'
    | 'accumulate'
    | 'process';
  /** Columns of what is shipped, in the order of the groups. */
  readonly input: readonly ColumnSpec[];
  readonly steps: readonly CallStep[];
  readonly resultSteps: readonly number[];
  /** `table`: the fields of the function's rows that are answered, ascending; null: all. */
  readonly resultFields: readonly number[] | null;
  /** `table`: answers have a row selection; false: nobody asks which rows they belong to. */
  readonly rowSelection: boolean;
  readonly outer: boolean;
  readonly keyColumns: readonly number[];
  readonly tagColumn: number | null;
  readonly passedColumns: readonly number[];
  /** `accumulate`: what the core adds to the rows; null elsewhere. */
  readonly state: KeptState | null;
  /** `process`: what the core adds to the rows; null elsewhere. */
  readonly process: ProcessColumns | null;
  readonly context: StageContext;
  /** Settings of the job that win over what the functions declare. */
  readonly overrides: readonly FunctionOverrides[];
  /** A folder that all workers of the session share: clocks of rate limits. */
  readonly sharedFolder: string;
  /** Files that the worker reads itself: bundles name splits of them. Null: bundles have columns. */
  readonly source: SplitSource | null;
}

/** Parquet files that a function stage reads itself. */
export interface SplitSource {
  readonly files: readonly SplitFile[];
  /** What is read, by the names in the files. */
  readonly columns: readonly ColumnSpec[];
  /** Positions of `columns` that make the stage's input. */
  readonly shipped: readonly number[];
  /** Groups that answers have in front of the results: positions of `columns`, and what they are called there. */
  readonly kept: readonly {
    readonly columns: readonly ColumnSpec[];
    readonly positions: readonly number[];
  }[];
  /** Rows for which it is not TRUE are left out; null: none. */
  readonly predicate: SplitPredicate | null;
  /** Rows that are read at once, at most. */
  readonly batchRows: number;
  /** Answers are put together up to as many rows. */
  readonly answerRows: number;
}

/** What functions of a stage are told of their job and task. */
export interface StageContext {
  /** The run of the job. */
  readonly jobId: string;
  /** Number of this worker among those of the stage, from 0. */
  readonly subtask: number;
  readonly parallelism: number;
  readonly attempt: number;
  readonly jobParameters: Readonly<Record<string, string>>;
  /** Absolute paths by name. */
  readonly cachedFiles: Readonly<Record<string, string>>;
}

/** `millstream.function.<name>.<option>` of one function: text by option, checked by the core. */
export interface FunctionOverrides {
  readonly function: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Prepares a DuckDB query and starts it once its inputs have credit. Reply: `{}` when it is accepted. */
export interface OpenRelationalStage {
  readonly kind: 'open_relational_stage';
  readonly stage: string;
  /** SELECT over files and the relations `input_0`, `input_1`, … */
  readonly sql: string;
  readonly inputs: readonly (readonly ColumnSpec[])[];
  /** Columns of the result in order. */
  readonly output: readonly ColumnSpec[];
  /** Positions of `output`, one list for each column group; null for a sink. */
  readonly groups: readonly (readonly number[])[] | null;
  /** Positions of `output`; batches are cut between key groups. */
  readonly keyColumns: readonly number[] | null;
  readonly sink: WireFileSink | null;
  readonly perBatch: boolean;
  readonly keepsOrder: boolean;
  readonly batchRows: number;
  readonly memoryLimitBytes: number;
  readonly threads: number;
  readonly temporaryDirectory: string;
  /** Most bytes of the worker's temporary files; null: as many as the disk takes. */
  readonly temporaryBytes: number | null;
}

export interface WireFileSink {
  /** A file name in the target folder, temporary (begins with a dot); the core renames it on success. */
  readonly temporaryPath: string;
  readonly format: 'parquet' | 'csv' | 'json';
  readonly copyOptions: string;
}

/** A column by name and SQL type text. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: string;
}

/** Ends a stage and frees what it holds. Reply: `{}`. */
export interface CloseStage {
  readonly kind: 'close_stage';
  readonly stage: string;
}

/** Stops what runs for a stage: poisons its inputs, interrupts its query. Reply: `{}`; the stage then answers with `failed`. */
export interface Cancel {
  readonly kind: 'cancel';
  readonly stage: string;
}

/** Reply: `{text}`, the Python stacks of all threads. */
export interface DumpStack {
  readonly kind: 'dump_stack';
}

/** Calls `close` of functions, then exits 0 within the grace. Reply: `{}` before the exit. */
export interface Shutdown {
  readonly kind: 'shutdown';
}

// ---------------------------------------------------------------- data, both directions

/** A schema of this connection and direction; one frame: the IPC schema message. Sent before its first batch. */
export interface SchemaMessage {
  readonly type: 'schema';
  readonly id: number;
}

/**
 * core → worker: shared memory to map, said before its first use and again when more of it may be written to. A
 * worker writes to its own arena only; those of others it reads.
 */
export interface Arena {
  readonly type: 'arena';
  /** Number of the arena, unique in the job. */
  readonly arena: number;
  /** File to map, absolute; null: nothing of it is held any more, it is to be unmapped. */
  readonly path: string | null;
  /** Size of the file. Only what is written to or named by a block may be touched. */
  readonly fileBytes: number;
  /** Bytes from its start that the receiver may write to; 0 for the arenas of others. */
  readonly writableBytes: number;
}

/** worker → core: the worker has let go of these blocks. core → worker: they are free again, in its own arena. */
export interface Release {
  readonly type: 'release';
  readonly arena: number;
  /** One entry for each time a block was received. */
  readonly generations: readonly number[];
}

/**
 * Column groups of one row count. Frames: for each group, its selection (little-endian int32) if it has one, then
 * its encapsulated record batch message; of a message in shared memory, only its prefix and metadata.
 * core → worker: for a function stage one bundle; for a relational stage a piece of input `input`.
 * worker → core: part of the answer to bundle `sequence`, or of a relational stage's output (sequence counts up).
 * In an answer of a function stage there is one group at most, and `selection` (its own frame, first) maps each of
 * its rows to a row of the bundle. The answer to a split has no selection, and the kept groups before that of results.
 */
export interface BatchMessage {
  readonly type: 'batch';
  readonly stage: string;
  readonly epoch: number;
  readonly sequence: number;
  /** Input number of a relational stage; 0 otherwise. */
  readonly input: number;
  readonly rows: number;
  readonly groups: readonly WireGroup[];
  /** Answers of function stages: a frame before all groups with the row selection; null: rows match one to one. */
  readonly hasRowSelection: boolean;
  /** The last key group goes on in the next batch. */
  readonly continued: boolean;
  /** To function stages: a function that is not called for these rows, which count as rows it failed on; null: none. */
  readonly notCalled: string | null;
  /** To function stages with a `source`: what the bundle is, which has no groups then; null elsewhere. */
  readonly split: Split | null;
  /** From function stages: this batch is the last of its bundle, which needs no `done` of its own; null elsewhere. */
  readonly done: BundleEnd | null;
}

export interface WireGroup {
  readonly schema: number;
  readonly rows: number;
  readonly hasSelection: boolean;
  /** Where the whole message is in shared memory; null: it is its frame. */
  readonly block: Block | null;
}

/** A part of an arena. The receiver holds it until its `release`. */
export interface Block {
  readonly arena: number;
  /** In bytes, a multiple of 64. */
  readonly offset: number;
  readonly length: number;
  /** Counts up with each block of an arena: tells it from what lay there before. */
  readonly generation: number;
}

/** core → worker: no more batches on this input. worker → core: no more output of this relational stage. */
export interface End {
  readonly type: 'end';
  readonly stage: string;
  readonly epoch: number;
  readonly input: number;
  /** worker → core only: totals of the stage; null core → worker. */
  readonly statistics: RelationalStatistics | null;
}

export interface RelationalStatistics {
  readonly rows: number;
  readonly batches: number;
  readonly bytes: number;
  /** Time in DuckDB and in making messages, nanoseconds. */
  readonly queryNs: number;
  readonly encodeNs: number;
  /** Rows written by a sink; 0 otherwise. */
  readonly written: number;
}

/** Permits the receiver to send `bytes` more of a stage's batches on `input` (or of its output, core → worker). */
export interface Credit {
  readonly type: 'credit';
  readonly stage: string;
  readonly epoch: number;
  readonly input: number;
  readonly bytes: number;
}

/** worker → core: bundle `sequence` is complete, though its last answer batch, if any, did not say so. */
export interface Done extends BundleEnd {
  readonly type: 'done';
  readonly stage: string;
  readonly epoch: number;
  readonly sequence: number;
}

/** A bundle is complete: the totals of its answer. */
export interface BundleEnd {
  readonly batches: number;
  readonly rows: number;
  readonly timing: BundleTiming;
}

/** CLOCK_MONOTONIC nanoseconds as decimal text, and durations in nanoseconds. */
export interface BundleTiming {
  readonly receivedNs: string;
  readonly sentNs: string;
  /** From taking the bundle off the queue to having its columns. */
  readonly decodeNs: number;
  /** By step: inside the function, the conversion of its values included. */
  readonly stepNs: readonly number[];
  readonly stepCalls: readonly number[];
  /** Calls made again after an exception (`retry`); they are not in `stepCalls`. */
  readonly stepRetries: readonly number[];
  readonly encodeNs: number;
}

/** worker → core: rows of a bundle that functions failed on and that were given up; any number of times before its done. */
export interface FailedRows {
  readonly type: 'failed_rows';
  readonly stage: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly rows: readonly FailedRow[];
}

/** A row that a function failed on, and that was given up instead of the job. */
export interface FailedRow {
  /** Position in the bundle. */
  readonly row: number;
  /** Rows it stands for, itself the first: 1 for dead letters, otherwise all of the bundle with its function, code and exception. */
  readonly count: number;
  readonly function: string;
  /** As of errors: `UDF_EXCEPTION`, `WORKER_CRASH`, … */
  readonly code: string;
  /** The class of what the function raised: `ValueError`; null where it raised nothing. */
  readonly exception: string | null;
  readonly message: string;
  /** From the user's first frame on; of a crash the native stack. */
  readonly traceback: string | null;
  /** Its arguments as text, by name; null where they are not known. */
  readonly values: Readonly<Record<string, string>> | null;
  /** How often the row was tried. */
  readonly attempt: number;
}

/** worker → core: the bundle (or the relational stage, sequence null) failed; nothing more of it follows. */
export interface Failed {
  readonly type: 'failed';
  readonly stage: string;
  readonly epoch: number;
  readonly sequence: number | null;
  readonly error: WireError;
}

/** One form for every failure (core/errors.ts). */
export interface WireError {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: ErrorDetails;
}

export type ControlFromWorker = Hello | Reply | Heartbeat | Log | Metrics;
export type ControlToWorker = Welcome | Instruction;
export type DataMessage =
  | SchemaMessage
  | Arena
  | Release
  | BatchMessage
  | End
  | Credit
  | Done
  | FailedRows
  | Failed;
export type DataFromWorker = Exclude<DataMessage, Arena>;
export type { CallArgument, CallStep, MetricValue, RowGroup, Split, SplitFile, SplitPredicate };
