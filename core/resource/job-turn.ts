/**
 * Whose turn it is among the jobs of a machine, from what each has written of itself: Lamport's bakery. Nobody
 * decides for another, so there is no daemon and no lock that could outlive its holder.
 *
 * 1. A job enters without a number, looks at all others, and takes one above the highest.
 * 2. It waits until nobody is choosing and nobody before it waits, then until what it needs is free.
 *
 * A job that saw nobody was seen by everybody who came later, so two never decide at the same time.
 */

/** What a job says of itself. */
export interface LedgerEntry {
  /** Unique. */
  readonly id: string;
  /** Null while it chooses. */
  readonly number: number | null;
  /** For people: the job's file, or what it was started by. */
  readonly name: string;
  readonly pid: number;
  /** What it cannot do without. */
  readonly leastBytes: number;
  /** What it was granted; null while it waits. */
  readonly grantedBytes: number | null;
}

export type JobTurn =
  | { readonly kind: 'go'; readonly grantedBytes: number; readonly freeBytes: number }
  /** `blockers` hold memory or are before it. */
  | { readonly kind: 'wait'; readonly blockers: readonly LedgerEntry[]; readonly freeBytes: number };

/** A number above those of all others: the job comes after them. */
export function nextNumber(others: readonly LedgerEntry[]): number {
  return 1 + Math.max(0, ...others.map((entry) => entry.number ?? 0));
}

/**
 * Whether `mine`, which has a number, may start now.
 * @param others all other jobs that live
 * @param wanted how much it takes of what is free; never less than its least, nor more than is free
 */
export function turnOf(
  mine: LedgerEntry,
  others: readonly LedgerEntry[],
  ceilingBytes: number,
  wanted: (freeBytes: number) => number,
): JobTurn {
  const holders = others.filter((entry) => entry.grantedBytes !== null);
  const freeBytes = ceilingBytes - holders.reduce((sum, entry) => sum + entry.grantedBytes!, 0);
  const before = others.filter((entry) => entry.grantedBytes === null && isBefore(entry, mine));
  if (before.length > 0) return { kind: 'wait', blockers: [...holders, ...before], freeBytes };
  if (freeBytes < mine.leastBytes) return { kind: 'wait', blockers: holders, freeBytes };
  const grantedBytes = Math.min(freeBytes, Math.max(mine.leastBytes, Math.floor(wanted(freeBytes))));
  return { kind: 'go', grantedBytes, freeBytes };
}

/** Who chooses may be about to take a lower number. */
function isBefore(entry: LedgerEntry, mine: LedgerEntry): boolean {
  if (entry.number === null || entry.number < mine.number!) return true;
  return entry.number === mine.number && entry.id < mine.id;
}
