/** The row in force under a key, as its changes say it. */
import { type Collector, DELETE, INSERT, type Row, UPDATE_AFTER } from './row-function.js';

/**
 * Says how the row under a key came from `before` to `now`; null: none. A row of equal content is not said again.
 * @returns true where a change was put out
 */
export function emitTransition(
  before: Row | null,
  now: Row | null,
  contentOf: (row: Row) => string,
  out: Collector,
): boolean {
  if (now === null) {
    if (before === null) return false;
    out.emit(DELETE, [before], []);
  } else if (before === null) out.emit(INSERT, [now], []);
  else if (contentOf(before) === contentOf(now)) return false;
  else out.emit(UPDATE_AFTER, [now], []);
  return true;
}
