/** Names that resemble a name which does not exist: for the hints of errors. */

/**
 * The candidates nearest to `name`, best first, at most three: those that differ only in case, then those within an
 * edit distance of a third of the name's length (at least one), where swapping two neighbours counts as one edit.
 * Candidates that extend the name or are extended by it count as near. Duplicates are dropped.
 */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const near: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const distance = nearness(wanted, candidate.toLowerCase());
    if (distance !== null) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, 3).map(({ candidate }) => candidate);
}

/** Longer names are compared by their beginning: the matrix below is quadratic. */
const COMPARED = 100;
const SHORTEST_PREFIX = 3;

function nearness(wanted: string, candidate: string): number | null {
  const a = wanted.slice(0, COMPARED);
  const b = candidate.slice(0, COMPARED);
  const limit = Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));
  const distance = Math.abs(a.length - b.length) > limit ? limit + 1 : editDistance(a, b);
  if (distance <= limit && distance < Math.max(a.length, b.length)) return distance;
  const extended = Math.min(a.length, b.length) >= SHORTEST_PREFIX && (a.startsWith(b) || b.startsWith(a));
  return extended ? limit + Math.abs(a.length - b.length) : null;
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforePrevious[j - 2]! + 1);
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
