/** How the row of a group changes. */
import type { SqlValue } from '../../core/index.js';
import { type Collector, DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from './row-function.js';
import { valuesKey } from './value-key.js';

/** How a change is said. */
export interface SayOptions {
  /** As of `Collector.emit`. */
  readonly clockMs?: number;
  /** A row that stays as it was is said all the same: what reads it would expire. */
  readonly repeats?: boolean;
}

/**
 * Says what becomes of the row `before` (null: there is none) now that it is `now` (null: the group has gone); nothing
 * where both are equal.
 */
export function sayGroup(
  before: readonly SqlValue[] | null,
  now: readonly SqlValue[] | null,
  out: Collector,
  { clockMs, repeats = false }: SayOptions = {},
): void {
  if (before === null) {
    if (now !== null) out.emit(INSERT, [], now, clockMs);
  } else if (now === null) {
    out.emit(DELETE, [], before, clockMs);
  } else if (repeats || valuesKey(before) !== valuesKey(now)) {
    out.emit(UPDATE_BEFORE, [], before, clockMs);
    out.emit(UPDATE_AFTER, [], now, clockMs);
  }
}
