/** Messages of the data connection: frame 0 the JSON message; then, only for `schema` and `batch`, the frames it announces. */
import type { ErrorDetails, ErrorKind, Split } from '../../core/index.js';

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
  /**
   * To relational stages with a query for each batch: it may be computed together with the one before, if that still waits. The answer
   * has the sequence of the last of them.
   */
  readonly mayJoin: boolean;
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
