/** What the changes of a result leave, and whether two results are the same. */

/** A line of `--format jsonl`. */
interface Change {
  readonly op: '+I' | '-U' | '+U' | '-D';
  readonly row: readonly unknown[];
}

/** Rows of `--format jsonl`, updates applied; results of several SELECTs are one. */
export function finalRows(jsonl: string): readonly unknown[][] {
  const live = new Map<string, { row: unknown[]; count: number }>();
  for (const line of jsonl.split('\n').filter(Boolean)) {
    const { op, row } = JSON.parse(line) as Change;
    const key = JSON.stringify(row);
    const seen = live.get(key) ?? { row: [...row], count: 0 };
    seen.count += op.startsWith('+') ? 1 : -1;
    live.set(key, seen);
  }
  return [...live.values()].flatMap(({ row, count }) => Array<unknown[]>(Math.max(0, count)).fill(row));
}

/** The first row that only one of them has, in any order; null: they are the same. Floating point may differ in the ninth digit. */
export function firstDifference(ours: readonly unknown[][], theirs: readonly unknown[][]): string | null {
  const left = [...theirs];
  for (const row of ours) {
    const at = left.findIndex((other) => isSame(row, other));
    if (at < 0) return `only Millstream has ${JSON.stringify(row).slice(0, 200)}`;
    left.splice(at, 1);
  }
  return left.length === 0 ? null : `only Flink has ${JSON.stringify(left[0]).slice(0, 200)}`;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
    );
  }
  return a === b;
}
