/** Work for several workers. */

/** Fewer rows are not worth a second worker. */
const LEAST_ROWS = 1_024;

/** Neighbouring items, in at most `parts` parts of about equal rows. */
export function divided<T>(items: readonly T[], parts: number, rowsOf: (item: T) => number): T[][] {
  const rows = items.reduce((sum, item) => sum + rowsOf(item), 0);
  const wanted = Math.max(LEAST_ROWS, Math.ceil(rows / parts));
  const divided: T[][] = [];
  let room = 0;
  for (const item of items) {
    if (room <= 0) {
      divided.push([]);
      room = wanted;
    }
    divided.at(-1)!.push(item);
    room -= rowsOf(item);
  }
  return divided;
}
