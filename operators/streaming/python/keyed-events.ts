/** Rows and time of keys on their way to a process function, and what comes back. Times are milliseconds. */
import type { SqlValue } from '../../../core/index.js';

/** A window of time: its first moment, and the first one after it. */
export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** A row of a key. */
export interface KeyedRow {
  /** The columns that are shipped as they are. */
  readonly values: readonly SqlValue[];
  /** The number of the table that it is of. */
  readonly member: number;
  /** Its event time; null: it has none. */
  readonly timestamp: number | null;
  /** The window that it is in; null: it is in none. */
  readonly window: TimeWindow | null;
  /** The watermark before it. */
  readonly clockMs: number;
}

/** What has come to a key: rows, or no rows but time. */
export interface KeyedEvents {
  readonly keys: readonly SqlValue[];
  /** As a worker gave it; null: there is none. */
  readonly state: Uint8Array | null;
  readonly rows: readonly KeyedRow[];
  /** The watermark behind the last row. */
  readonly untilMs: number;
}

/** What a key has come to. */
export interface KeyedUpdate {
  /** Null: there is nothing to remember. */
  readonly state: Uint8Array | null;
  /** The first of its timers in event time, and when the clock has something to do; `Infinity`: there is none. */
  readonly eventTimer: number;
  readonly clockTimer: number;
  /** Rows that the function gave: the number of the row that each belongs to (of a key without rows 0), and its fields. */
  readonly given: readonly { readonly row: number; readonly fields: readonly SqlValue[] }[];
}

/**
 * Gives events to the function: one update for each key, in their order. `broadcast` is what rows of the broadcast table have
 * told (null: nothing); those come alone, as if they were of one key, whose state is then what they have told now.
 */
export type ProcessKeys = (
  keys: readonly KeyedEvents[],
  broadcast: Uint8Array | null,
) => Promise<readonly KeyedUpdate[]>;
