/** Python stages that an operator of the core stands in: it remembers what their functions work on, and ships it to them. */
import type { StreamOperator } from '../plan/stream-operator.js';
import type { Column } from '../types/data-type.js';

/** Shipped columns that say which group a row is of and what the group has come to. */
export interface KeptState {
  /** INT: equal in the rows of a group, which are side by side. */
  readonly group: number;
  /** BOOLEAN: the row is taken back; null: none is. */
  readonly retracts: number | null;
  /** BOOLEAN, read in the first row of a group: it is the group before it, which has got more rows. */
  readonly continues: number;
  /** For each step BYTES, read in the first row of a group: its accumulator as the worker gave it; NULL: there is none. */
  readonly accumulators: readonly number[];
}

/** Shipped columns that say which key a row is of, how far time is, and what the key has come to. Times are milliseconds. */
export interface ProcessColumns {
  /** INT: equal in the rows of a key, which are side by side. */
  readonly group: number;
  /** BOOLEAN: false where there is no row, but time has passed for the key. */
  readonly isRow: number;
  /** BIGINT: the event time of the row; NULL: it has none. */
  readonly timestamp: number;
  /** BIGINT: the watermark before the row; NULL: there is none. */
  readonly clock: number;
  /** BIGINT, read in the first row of a key: the watermark behind its last one. */
  readonly until: number;
  /** BYTES, read in the first row of a key: its state as the worker gave it; NULL: there is none. */
  readonly state: number;
  /** The window of the row; NULL: it has none. Null: no row has. */
  readonly window: WindowColumns | null;
  /** INT: the number of the table that the row is of; null: there is one. */
  readonly member: number | null;
  /** BYTES, read in the first row of a bundle: what rows of the broadcast table have told, as the worker gave it; null: there is none. */
  readonly broadcast: number | null;
}

/** Of the window of a row. */
export interface WindowColumns {
  /** BIGINT: its first moment, and the first one after it. */
  readonly start: number;
  readonly end: number;
  /** The key is of this window, and over when that has passed. */
  readonly ofKey: boolean;
}

interface Shipping<K extends StreamOperator<number>['kind']> {
  /** Its columns are positions in the stage's input. */
  readonly operator: Extract<StreamOperator<number>, { kind: K }>;
  /** What the operator makes of its rows for the workers: one group of columns. */
  readonly shipped: readonly Column[];
  /** Shipped columns that are columns of the input. */
  readonly copied: readonly { readonly from: number; readonly to: number }[];
}

/** Aggregates over groups that stay open. */
export interface AccumulateStream extends Shipping<'accumulate'> {
  readonly kind: 'accumulate';
  readonly state: KeptState;
  /** For each step the shipped BOOLEAN column with the rows that count; null: all do. */
  readonly counted: readonly (number | null)[];
}

/** Aggregates over the frame of each row, shipped as groups that nobody keeps. */
export interface OverStream extends Shipping<'accumulate_over'> {
  readonly kind: 'over';
  readonly state: KeptState;
  readonly counted: readonly (number | null)[];
}

/** A function over the rows and timers of each key. */
export interface ProcessStream extends Shipping<'process'> {
  readonly kind: 'process';
  readonly process: ProcessColumns;
  /** Shipped columns with the key. */
  readonly keys: readonly number[];
}

/** What the operator does, and what it ships. */
export type PythonStream = AccumulateStream | OverStream | ProcessStream;
