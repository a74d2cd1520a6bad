/**
 * What moves between stages. The core routes these; it neither builds Arrow metadata nor copies bodies.
 */

import { type BatchRow, rowsBytes } from './row-group.js';

/**
 * Some columns of a batch: one Arrow record batch message as the wire carries it.
 *
 * `message` is an encapsulated IPC message (Arrow columnar format, "Encapsulated message format"): metadata and
 * body in one buffer, frozen once here; or only its metadata, where `shared` is the whole. Its own row count is `messageRows`; the rows it contributes to the batch
 * are `selection` of them (ascending, repeats allowed), or all of them where `selection` is null.
 */
export interface ColumnGroup {
  /** Schema of the group: an id unique in the job, registered in the `SchemaRegistry` of the job. */
  readonly schema: number;
  readonly message: Uint8Array;
  /** The whole message in shared memory; null: it is here. */
  readonly shared: SharedMessage | null;
  readonly messageRows: number;
  readonly selection: Int32Array | null;
  /** The rows of the message as values, where the core made them: the message is written when it is asked for. */
  readonly rows?: readonly BatchRow[];
}

/**
 * A message in memory that workers map: the core passes it on without touching it. It may be overwritten once
 * nobody holds it, so whoever keeps it holds it (`hold.ts` says who does).
 */
export interface SharedMessage {
  /** Bytes of the whole message. */
  readonly byteLength: number;
  /** A copy of the whole message. @throws {InternalError} SHARED_RELEASED when nobody in the core holds it */
  read(): Uint8Array;
  /** One holder more. @throws as `read` */
  hold(): void;
  /** One holder less. @throws as `read` */
  release(): void;
}

/** Column groups of one row count, placed side by side: `rows` rows in all groups after their selections. */
export interface Batch {
  readonly kind: 'batch';
  readonly rows: number;
  readonly groups: readonly ColumnGroup[];
  /** True where the last key group of this batch goes on in the next one (only on key-aligned exchanges). */
  readonly continued: boolean;
}

/** A promise that no row with event time at or before `timestampMs` follows. */
export interface Watermark {
  readonly kind: 'watermark';
  /** Milliseconds since the epoch; `Infinity` at the end of bounded input. */
  readonly timestampMs: number;
  /** No rows come for now: who has other inputs does not wait for this one until its next element. */
  readonly isIdle?: boolean;
  /** From the source of rows that say their split: no rows come of those that have ended. */
  readonly splits?: EndedSplits;
  /** It says nothing of time, but that a mini-batch begins, of this number: who collects rows says what it has. */
  readonly miniBatch?: number;
}

/** By their numbers, all of them each time. */
export interface EndedSplits {
  readonly count: number;
  readonly ended: readonly number[];
}

/** The marker of a checkpoint in the data path: rows before it belong to the checkpoint, rows after it do not. */
export interface Barrier {
  readonly kind: 'barrier';
  readonly checkpointId: number;
  /** No row comes behind it; who goes on from the checkpoint needs no other. */
  readonly isLast: boolean;
}

/** The end of a bounded input; nothing follows it. */
export interface EndOfInput {
  readonly kind: 'end';
}

export type StreamElement = Batch | Watermark | Barrier | EndOfInput;

/** Bytes that a batch is charged for on an edge: its messages and its selections, or the rows in their place. */
export function batchBytes(batch: Batch): number {
  return bytesOfGroups(batch, (group) =>
    group.rows === undefined ? messageBytes(group) : rowsBytes(group.rows),
  );
}

/** Bytes of a batch on the way to a worker, as that counts them. */
export function sentBytes(batch: Batch): number {
  return bytesOfGroups(batch, messageBytes);
}

function messageBytes({ shared, message }: ColumnGroup): number {
  return (shared ?? message).byteLength;
}

function bytesOfGroups({ groups }: Batch, bytesOf: (group: ColumnGroup) => number): number {
  return groups.reduce((sum, group) => sum + bytesOf(group) + (group.selection?.byteLength ?? 0), 0);
}
