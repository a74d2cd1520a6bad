/** Statements that let one row alone have a primary key. */
import type { ScanTable, Sink } from './logical-plan.js';

/** What ON CONFLICT asks for where it is more than that the last row stays. */
export interface StrictConflict {
  readonly table: ScanTable;
  readonly behavior: 'ERROR' | 'NOTHING';
}

/** Null where several rows may come under one key. */
export function strictConflictOf(sink: Sink): StrictConflict | null {
  if (sink.kind !== 'table') return null;
  const { table, onConflict } = sink;
  return onConflict === 'ERROR' || onConflict === 'NOTHING' ? { table, behavior: onConflict } : null;
}
