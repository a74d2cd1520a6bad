/** What the simulated functions compute: some rows vanish, some double, and a result tells which row it is of. */

/** How often a row comes out of a stage. */
export function copiesOf(row: number, stage: number): number {
  const draw = (row * 7 + stage * 3) % 11;
  return draw === 0 ? 0 : draw === 1 ? 2 : 1;
}

export function resultOf(row: number, stage: number): number {
  return row + (stage + 1) * RESULT_OF_STAGE;
}

/** Above every row. */
export const RESULT_OF_STAGE = 1_000_000;
