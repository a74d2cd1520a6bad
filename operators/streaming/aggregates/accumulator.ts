/** What an aggregate keeps of a group. */
import type { SqlValue } from '../../../core/index.js';

/** The argument values of one row. */
export type Arguments = readonly SqlValue[];

export interface Accumulator {
  add(values: Arguments): void;
  /** Takes a row out that was added. */
  retract(values: Arguments): void;
  result(): SqlValue;
  /** What it has taken in, as plain data. */
  save(): SqlValue;
  /** Goes on from what `save` gave; called on a new one. */
  load(saved: SqlValue): void;
}

/** One that takes in what another one of the same call has taken in. */
export interface Mergeable<Own> extends Accumulator {
  merge(other: Own): void;
}
