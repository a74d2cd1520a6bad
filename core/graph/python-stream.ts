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

/** What the operator does, and what it makes of its rows for the workers: one group of columns. */
export interface PythonStream {
  /** Its columns are positions in the stage's input. */
  readonly operator: Extract<StreamOperator<number>, { kind: 'accumulate' }>;
  readonly shipped: readonly Column[];
  readonly state: KeptState;
  /** Shipped columns that are columns of the input. */
  readonly copied: readonly { readonly from: number; readonly to: number }[];
  /** For each step the shipped BOOLEAN column with the rows that count; null: all do. */
  readonly counted: readonly (number | null)[];
}
