/** What a streaming operator does with rows and time; `row-operator.ts` runs it. No function of these waits or does I/O but `endBatch`. */
import type { RowDemand, SqlValue } from '../../core/index.js';

/** The values of the columns that an input brings, by position. Never changed once it is made. */
export type Row = readonly SqlValue[];

/** Kinds of change by the number that a change column holds: Flink's `RowKind`. */
export const CHANGES = ['+I', '-U', '+U', '-D'] as const;
export type Change = 0 | 1 | 2 | 3;
export const INSERT: Change = 0;
export const UPDATE_BEFORE: Change = 1;
export const UPDATE_AFTER: Change = 2;
export const DELETE: Change = 3;

/** True for rows that are there from now on, false for rows that are gone. */
export function isAddition(change: Change): boolean {
  return change === INSERT || change === UPDATE_AFTER;
}

/** Takes what a function puts out, in its order. */
export interface Collector {
  /**
   * `rows` are those of the inputs, null where there is none; `results` what the function computed; `clockMs` the watermark
   * after which that was, if it was before the one of now.
   */
  emit(change: Change, rows: readonly (Row | null)[], results: readonly SqlValue[], clockMs?: number): void;
  /** A row came after the watermark had passed it, and is dropped. */
  late(): void;
}

export interface RowFunction extends RowDemand {
  /** The rows of a batch come now, by the clock of the machine in milliseconds. */
  beginBatch?(nowMs: number, out: Collector): void;
  process(row: Row, change: Change, input: number, out: Collector): void;
  /** The watermark moved on, to `Infinity` at the end of bounded input. Called between two rows. */
  advance?(watermarkMs: number, out: Collector): void;
  /** True when no further row changes anything: the inputs may stop. */
  readonly isDone?: boolean;
  /** The rows of a batch have been given: what may be said once for many rows is said now. */
  flush?(out: Collector): void;
  /** A batch or a watermark has been given: what is for Python goes there, and what comes of it is put out. */
  endBatch?(out: Collector): Promise<void>;
  /** How far time is by the function itself, whatever its input says before its end; absent: its input says it. */
  readonly timeMs?: number;
  /** When the clock of the machine has something to do, in milliseconds; `Infinity`: never. */
  wakeAt?(): number;
  /** The clock has come to `nowMs`; `endBatch` follows. */
  wake?(nowMs: number, out: Collector): void;
}
