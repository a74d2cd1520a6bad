/** Finds the rows of a bundle that end their worker, by halving it. Pure: `run` says what each part does. */

/** Some rows of a bundle, from `start` on. */
export interface RowRange {
  readonly start: number;
  readonly rows: number;
}

/** What became of a part: its answer, or why its worker ended. */
export type PartOutcome<A, D> = { readonly answer: A } | { readonly death: D };

/** A part whose rows are good, or one row that is not; in the order of the rows. */
export type FoundPart<A, D> = RowRange & PartOutcome<A, D>;

/** How a search is done. */
export interface PoisonSearchOptions<A, D> {
  readonly run: (part: RowRange) => Promise<PartOutcome<A, D>>;
  /** Deaths after which the search is given up. */
  readonly mostDeaths: number;
  /** A row was found. May throw: then the search ends with that. */
  readonly onPoison: (row: number, death: D) => void | Promise<void>;
  /** The search is given up; throws. */
  readonly giveUp: (deaths: number, last: D) => never;
}

/**
 * Runs halves of `rows` rows, known to end their worker, until each part is good or a single row. One row among n takes
 * 2 log2(n) runs at most: a half beside a good one is not run as a whole, only in parts.
 */
export async function searchPoison<A, D>(
  rows: number,
  options: PoisonSearchOptions<A, D>,
): Promise<FoundPart<A, D>[]> {
  const found: FoundPart<A, D>[] = [];
  let deaths = 0;

  /** True where a row of the part ended the worker. */
  const search = async (part: RowRange, isKnownBad: boolean): Promise<boolean> => {
    if (!isKnownBad || part.rows === 1) {
      const outcome = await options.run(part);
      if ('answer' in outcome) {
        found.push({ ...part, ...outcome });
        return false;
      }
      deaths += 1;
      if (deaths >= options.mostDeaths) options.giveUp(deaths, outcome.death);
      if (part.rows === 1) {
        await options.onPoison(part.start, outcome.death);
        found.push({ ...part, ...outcome });
        return true;
      }
    }
    const half = part.rows >> 1;
    const isLeftBad = await search({ start: part.start, rows: half }, false);
    const right = { start: part.start + half, rows: part.rows - half };
    const isRightBad = await search(right, !isLeftBad);
    return isLeftBad || isRightBad;
  };

  await search({ start: 0, rows }, true);
  return found;
}
