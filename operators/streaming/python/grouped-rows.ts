/** Groups of rows on their way to Python aggregates, and what comes back. */
import type { SqlValue } from '../../../core/index.js';

/** The accumulator of each call as a worker gave it; null: it has none yet. */
export type Accumulators = readonly (Uint8Array | null)[];

/** A row as it is shipped. */
export interface GroupRow {
  /** The columns that are shipped as they are. */
  readonly values: readonly SqlValue[];
  readonly retracts: boolean;
  /** For each call whether the row counts. */
  readonly counted: readonly boolean[];
}

/** Rows that have come to a group, in their order. */
export interface GroupRows {
  readonly accumulators: Accumulators;
  /** The values are asked for after each of these pieces; there is one at least, and none is empty. */
  readonly pieces: readonly (readonly GroupRow[])[];
}

/** What a group has come to. */
export interface GroupUpdate {
  /** The value of each call, after each piece. */
  readonly values: readonly (readonly SqlValue[])[];
  /** After the last one. */
  readonly accumulators: Accumulators;
}

/** Gives rows to the accumulators of their groups: one update for each group, in their order. */
export type UpdateGroups = (groups: readonly GroupRows[]) => Promise<readonly GroupUpdate[]>;
