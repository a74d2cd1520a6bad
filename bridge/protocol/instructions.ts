/** What workers are asked to do, and what they answer: the bodies of instructions and the results of their replies. */
import type {
  AnalysisRequest,
  CallStep,
  FunctionDeclaration,
  KeptState,
  PartialAggregate,
  ProcessColumns,
  PythonMode,
  RowGroup,
  SplitFile,
  SplitPredicate,
} from '../../core/index.js';

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
  /** Positions among `columns`, of which `mostGroups` is to be told. */
  readonly keys: readonly number[];
}

export interface DescribeFilesResult {
  /** Why a function worker would not read the same values as a relational worker; null: it would. */
  readonly misfit: string | null;
  /** In the order asked; none where they do not fit. */
  readonly files: readonly SplitFile[];
  /** Those of each file. */
  readonly rowGroups: readonly (readonly RowGroup[])[];
  /** About how many keys a row group has at most, by the sizes of their dictionaries; null: not known, or not asked. */
  readonly mostGroups: number | null;
}

/** Prepares a function stage. Reply: `{output: ColumnSpec[]}`. */
export interface OpenFunctionStage {
  readonly kind: 'open_function_stage';
  readonly stage: string;
  readonly mode: PythonMode;
  /** Columns of what is shipped, in the order of the groups. */
  readonly input: readonly ColumnSpec[];
  readonly steps: readonly CallStep[];
  readonly resultSteps: readonly number[];
  /** `table`: the fields of the function's rows that are answered, ascending; null: all. */
  readonly resultFields: readonly number[] | null;
  /** `table`: answers have a row selection; false: nobody asks which rows they belong to. */
  readonly rowSelection: boolean;
  /** `scalar`, `filter`, `table`: rows of these, with a column each, are answered in place of the rows; empty: the rows. */
  readonly partialAggregates: readonly PartialAggregate[];
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
