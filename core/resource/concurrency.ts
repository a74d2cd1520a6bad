/** How many workers a function asks for: one number, or the least and the most. */
export interface Concurrency {
  readonly least: number;
  readonly most: number;
}

/** `4`, or `1-8` for a range; null for anything else. */
export function parseConcurrency(text: string): Concurrency | null {
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return null;
  const least = Number(match[1]);
  const most = Number(match[2] ?? match[1]);
  return least >= 1 && least <= most ? { least, most } : null;
}

/** A number, or `1-8` for a range: as options of functions have it. */
export function formatConcurrency({ least, most }: Concurrency): number | string {
  return least === most ? least : `${least}-${most}`;
}
