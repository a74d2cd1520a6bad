/**
 * The physical graph as plain data: stages joined by exchanges. Made by the planner, executed by the operators
 * that the registry names for each stage kind. `explain` prints it.
 */
import type { TableField } from '../plan/logical-plan.js';
import type { StreamOperator } from '../plan/stream-operator.js';
import type { DeclaredResources } from '../resource/declared-resources.js';
import type { Column } from '../types/data-type.js';
import type { ColumnMeaning } from './meaning/plan-meanings.js';
import type { PythonStream } from './python-stream.js';
import type { PlainScan, SplitScan } from './split-scan.js';

/** Where rows travel from one stage to the next. */
export interface Exchange {
  readonly id: string;
  readonly producer: string;
  readonly consumers: readonly string[];
  /** Columns in the order of their groups; names are unique within the exchange (`c0`, `c1`, …). */
  readonly columns: readonly Column[];
  /** Positions of `columns`, one list for each column group. */
  readonly groups: readonly (readonly number[])[];
  /** `stream`: bounded by credits. `spill`: written once to a file and read by each consumer. */
  readonly mode: 'stream' | 'spill';
  /** Why the mode was chosen, for EXPLAIN. */
  readonly reason: string;
  /** Rows arrive sorted by these columns and batches are cut between key groups; null: no such promise. */
  readonly keyColumns: readonly number[] | null;
}

/** What the state of a stage is made of, for who goes on from it with another statement. */
export interface StateOrigin {
  /** Equal where what lies in the state has the same form and is made the same way of columns of the same types. */
  readonly form: string;
  /** For people: `SUM(price) by user`. */
  readonly text: string;
  /** The columns that it is made of, in an order that equal forms share. */
  readonly columns: readonly ColumnMeaning[];
  /** Equal where rows are let through by the same conditions. */
  readonly rows: string;
}

interface StageBase {
  readonly id: string;
  /** Exchanges it reads, in the order of its inputs. */
  readonly inputs: readonly string[];
  /** The exchange it writes; null for sinks. */
  readonly output: string | null;
  /** One line for EXPLAIN and the summary. */
  readonly description: string;
  /** Of operators of a stream, and of what such a stream reads of files; absent elsewhere. */
  readonly origin?: StateOrigin;
}

/** DuckDB in a relational worker: a SELECT over files and over its inputs (relations `input_0`, `input_1`, …). */
export interface RelationalStage extends StageBase {
  readonly kind: 'relational';
  /** A DuckDB SELECT whose columns are exactly those of the output exchange (or of the sink's table). */
  readonly sql: string;
  /** True where the order of rows matters downstream (DuckDB's preserve_insertion_order). */
  readonly keepsOrder: boolean;
  /** True where an aggregate depends on the order of its rows (FIRST_VALUE, LISTAGG): only one thread keeps that. */
  readonly oneThread: boolean;
  /** True where rows leave as they are read, at most projected: its consumers are what takes time. */
  readonly onlyReads: boolean;
  /** True: the query is stateless and is run over each input batch by itself (streaming mode). */
  readonly perBatch: boolean;
  /** Files to write; null where the stage has an output exchange. */
  readonly sink: CopiedFiles | null;
  /** Files that the query scans, for messages and checks. */
  readonly files: readonly FileScan[];
  /** What the query is where it only reads a table; otherwise why it is more, as the end of a sentence. */
  readonly scan: PlainScan | string;
}

export interface FileScan {
  readonly table: string;
  readonly path: string;
  readonly format: string;
  /** Milliseconds between two looks for files that have come; null: the files that are there are all. */
  readonly monitorMs: number | null;
}

/** Atomic output: parts are written under temporary names and renamed on success. */
export interface FileSink {
  readonly table: string;
  /** A folder (as Flink's filesystem connector) that receives the part files. */
  readonly path: string;
  readonly format: string;
  readonly columns: readonly Column[];
  readonly overwrite: boolean;
  /** Files lie in folders of their partition, `dt=2024/h=1`; null: in `path` itself. */
  readonly partitions: { readonly only: string | null } | null;
}

/** Written by a relational stage. */
export interface CopiedFiles extends FileSink {
  readonly format: 'parquet' | 'csv' | 'json';
  /** Options of DuckDB's COPY, as its SQL text. */
  readonly copyOptions: string;
}

/** The files that a stage writes; null: it writes none. */
export function filesWrittenBy(stage: Stage): FileSink | null {
  if (stage.kind === 'relational') return stage.sink;
  return stage.kind === 'sink' ? stage.files : null;
}

/** An argument of a function call inside a Python stage. */
export type CallArgument =
  /** Column of what is shipped: position in the concatenation of the shipped groups' columns. */
  | { readonly kind: 'column'; readonly column: number }
  /** Result of an earlier step of the same stage: a chain, no round trip in between. */
  | { readonly kind: 'step'; readonly step: number }
  /** A constant; `value` in the JSON encoding of results (DESIGN section 9), `type` as SQL text. */
  | { readonly kind: 'literal'; readonly value: unknown; readonly type: string }
  /** A table: shipped columns under the names that its rows have; tables of a call are numbered from 0. */
  | {
      readonly kind: 'table';
      readonly member: number;
      readonly columns: readonly number[];
      readonly names: readonly string[];
    };

/** One function call, evaluated for all rows of a batch. */
export interface CallStep {
  /** Name of the function as the job registered it. */
  readonly function: string;
  readonly arguments: readonly CallArgument[];
  /** Names for the arguments passed by name, null for positional ones. */
  readonly argumentNames: readonly (string | null)[];
  /** Shipped BOOLEAN column: rows where it is not TRUE are not called and get NULL; null: every row. */
  readonly guard: number | null;
  /** SQL text of the result type. */
  readonly resultType: string;
  /** Aggregates only. */
  readonly distinct: boolean;
  /** Aggregates only: shipped BOOLEAN column, rows where it is not TRUE are left out; null: every row. */
  readonly filter: number | null;
  /** `window` only: the rows that the call sees at each row; null elsewhere. */
  readonly frame: CallFrame | null;
}

/**
 * Shipped BIGINT columns with the first and the last row of a frame, as numbers of rows of the partition from 1; both
 * may lie outside of it. A frame is empty where one is NULL or the last comes before the first. Neither decreases
 * from row to row. Null instead of a column: the first, the last row of the partition.
 */
export interface CallFrame {
  readonly start: number | null;
  readonly end: number | null;
}

/** A built-in aggregate of what a stage gives for a bundle; what is made of several is put together behind it. */
export interface PartialAggregate {
  readonly function: 'COUNT' | 'SUM' | 'MIN' | 'MAX';
  /** Position among the results; null: COUNT of all rows. */
  readonly column: number | null;
}

/** What a Python stage does with its rows. */
export type PythonMode =
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

/**
 * Python function workers.
 * `scalar`: one row out for each row in; `filter`: rows where the last step is TRUE stay;
 * `table`: the last step is a table function, its rows with the parent's position;
 * `aggregate`: the steps are aggregates over key-aligned input, one row for each key group;
 * `partial`: the same over any share of the rows, one row for each group in a batch, whose results are accumulators;
 * `merge`: the steps put accumulators of key-aligned input together, each from its only argument;
 * `map`: the only step is a function over tables or a table aggregate, any number of rows for each key group;
 * `window`: the steps are aggregates over frames of key-aligned input, whose rows come back once their frames are
 * known, with `passedColumns`;
 * `accumulate`: the steps are aggregates over groups that stay open, whose accumulators `stream` remembers;
 * `process`: the only step is a function over the rows and timers of each key, whose state `stream` remembers.
 */
export interface PythonStage extends StageBase {
  readonly kind: 'python';
  readonly mode: PythonMode;
  /** Groups of the input exchange sent to the worker. */
  readonly shippedGroups: readonly number[];
  /** Groups of the input exchange that go on, before the result group. */
  readonly keptGroups: readonly number[];
  readonly steps: readonly CallStep[];
  /** Steps whose results make the result group, in its column order (for `filter`: all but the predicate; may be empty). */
  readonly resultSteps: readonly number[];
  /** `table`: the fields of the function's rows that come back, in its order; null: all. */
  readonly resultFields: readonly number[] | null;
  /** `table`: results say which rows they belong to; false where nothing goes on beside them. */
  readonly rowSelection: boolean;
  /** `scalar`, `filter`, `table`: these take the place of the rows of each bundle; empty: its rows are the result. */
  readonly partialAggregates: readonly PartialAggregate[];
  /** `table`: LEFT JOIN, a row without results stays with NULLs. */
  readonly outer: boolean;
  /** `aggregate`, `map`, `window`: shipped columns that form the key; empty where there is none. */
  readonly keyColumns: readonly number[];
  /** `map` of several tables: the shipped column with the number of each row's table; else null. */
  readonly tagColumn: number | null;
  /** `window`: shipped columns that come back in front of the results; else empty. */
  readonly passedColumns: readonly number[];
  /** `accumulate`, `process`: the operator of the core that calls the functions; null elsewhere. */
  readonly stream: PythonStream | null;
  /** Functions of one group may be steps of one stage. */
  readonly resourceGroup: string;
  /** Stages of one group run in the same workers. */
  readonly workerGroup: string;
  /** What its functions declare of their workers; only those that declare something. */
  readonly declared: readonly StageDemand[];
  /** Most workers at a time. */
  readonly parallelism: number;
  /** Fewest workers that it runs with. */
  readonly leastWorkers: number;
  /** It begins with its fewest workers, more come with the work and go without. False: all from the start. */
  readonly isElastic: boolean;
  /** Results may leave in another order than their rows came in: nobody needs it, and the functions permit it. */
  readonly anyOrder: boolean;
  /** Files that its workers read themselves, in the place of an input; null: it has one. */
  readonly source: SplitScan | null;
  /** Why its workers do not read the files in front of it, as the end of a sentence; null where there are none. */
  readonly notFused: string | null;
  /** What EXPLAIN says of each function beside its calls; only functions with something to say. */
  readonly notes: readonly StageFunctionNote[];
}

/** What a function of a stage declares of its workers. */
export interface StageDemand extends DeclaredResources {
  readonly function: string;
}

/** A function of a stage with its form and its options in force, as text. */
export interface StageFunctionNote {
  readonly function: string;
  readonly text: string;
}

/** Rows made by the core: generated, or handed in by the program. `source` is resolved by the operators' registry. */
export interface SourceStage extends StageBase {
  readonly kind: 'source';
  /** Name of the table, for messages. */
  readonly table: string;
  readonly connector: string;
  readonly options: Readonly<Record<string, string>>;
  /** All columns of the table: what its options may speak of. */
  readonly declared: readonly TableField[];
  /** Names of the columns of PRIMARY KEY. */
  readonly primaryKey: readonly string[];
  /** Names of columns that the folders of its files name. */
  readonly partitionedBy: readonly string[];
  /** The columns that are read. */
  readonly columns: readonly Column[];
  readonly bounded: boolean;
  /** It tells checkpoints how far it is. */
  readonly hasPosition: boolean;
}

/** Rows consumed by the core: result of a SELECT, print, blackhole, tables outside. */
export interface SinkStage extends StageBase {
  readonly kind: 'sink';
  /** Name of the table, for messages; of a SELECT empty. */
  readonly table: string;
  readonly connector: string;
  readonly options: Readonly<Record<string, string>>;
  /** Columns as the user named them, in the user's order: position in the input exchange's columns. */
  readonly columns: readonly SinkColumn[];
  /** The columns of its table, in the same order. */
  readonly fields: readonly TableField[];
  /** Names of the columns of PRIMARY KEY. */
  readonly primaryKey: readonly string[];
  /** Position of the column that says what kind of change a row is; null: every row is an insertion. */
  readonly change: number | null;
  /** The files that the core puts its rows into; null: they go elsewhere. */
  readonly files: (FileSink & { readonly partitionedBy: readonly string[] }) | null;
}

export interface SinkColumn {
  readonly name: string;
  readonly column: number;
  /** As of a table's column. */
  readonly metadata?: string;
}

/** An operator of the core itself, in streaming mode. Columns are positions in the exchange of their input. */
export interface StreamStage extends StageBase {
  readonly kind: 'stream';
  readonly operator: StreamOperator<number>;
  /** A `watermark` that passes its rows on: groups of the input that go on, before the group of the results. */
  readonly keptGroups: readonly number[];
}

export type Stage = RelationalStage | PythonStage | SourceStage | SinkStage | StreamStage;

export interface StageGraph {
  readonly stages: readonly Stage[];
  readonly exchanges: readonly Exchange[];
  readonly mode: 'batch' | 'streaming';
}
