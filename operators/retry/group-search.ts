/**
 * Finds the rows on which an aggregate ends its worker, by ever shorter beginnings of the bundle: what a row does may
 * depend on the rows before it, so none is run by itself. Pure: `run` says what each beginning does.
 */
import type { PartOutcome } from './poison-search.js';

/** The first `rows` rows of a bundle, from the state that the bundle found. */
export interface Beginning {
  readonly rows: number;
  /** The function that is not called, by row. */
  readonly leftOut: ReadonlyMap<number, string>;
  /** Its last group is left open, whether or not it goes on. */
  readonly isOpen: boolean;
}

/** How a search is done. */
export interface GroupSearchOptions<A, D> {
  readonly run: (beginning: Beginning) => Promise<PartOutcome<A, D>>;
  /** An answer is not needed. */
  readonly release: (answer: A) => void;
  /** True where a group ends with the first `rows` rows. */
  readonly endsGroup: (rows: number) => Promise<boolean>;
  /** Those that may be left out of a row. */
  readonly functions: readonly string[];
  /** Deaths after which the search is given up. */
  readonly mostDeaths: number;
  /**
   * A row was found, and the function without which the worker lives; null: it is none of them alone. Throws where the
   * function gives no rows up.
   */
  readonly onPoison: (row: number, culprit: string | null, death: D) => Promise<void>;
  /** The worker does not end on a row but on the value of the group that ends with it; `row` -1: of no rows. Throws. */
  readonly onGroup: (row: number, death: D) => Promise<never>;
  /** The search is given up; throws. */
  readonly giveUp: (deaths: number, last: D) => never;
}

/** The answer to all `rows` rows, without the calls that end the worker. @throws what the options throw */
export async function searchGroups<A, D>(rows: number, options: GroupSearchOptions<A, D>): Promise<A> {
  const { onPoison, onGroup, release } = options;
  const leftOut = new Map<number, string>();
  let deaths = 0;

  /** How the beginning ends the worker; null: it does not. */
  const deathOf = async (beginning: Beginning): Promise<D | null> => {
    const outcome = await options.run(beginning);
    if ('death' in outcome) {
      deaths += 1;
      if (deaths >= options.mostDeaths) options.giveUp(deaths, outcome.death);
      return outcome.death;
    }
    release(outcome.answer);
    return null;
  };

  /** The shortest beginning that ends the worker, longer than `good`, which does not. */
  const shortest = async (good: number, whole: D): Promise<{ readonly rows: number; readonly death: D }> => {
    let bad = { rows, death: whole };
    for (let alive = good; bad.rows - alive > 1; ) {
      const middle = (alive + bad.rows) >> 1;
      const death = await deathOf({ rows: middle, leftOut, isOpen: false });
      if (death === null) alive = middle;
      else bad = { rows: middle, death };
    }
    return bad;
  };

  const culpritOf = async (row: number): Promise<string | null> => {
    for (const name of options.functions.toReversed()) {
      const without = new Map(leftOut).set(row, name);
      if ((await deathOf({ rows: row + 1, leftOut: without, isOpen: true })) === null) return name;
    }
    return null;
  };

  for (let good = 0; ; ) {
    const outcome = await options.run({ rows, leftOut, isOpen: false });
    if ('answer' in outcome) return outcome.answer;
    deaths += 1;
    const found = await shortest(good, outcome.death);
    const row = found.rows - 1;
    const isEnd = row < 0 || (await options.endsGroup(found.rows));
    const byRow = isEnd ? await deathOf({ rows: found.rows, leftOut, isOpen: true }) : found.death;
    if (row < 0 || byRow === null) return onGroup(row, found.death);
    const culprit = await culpritOf(row);
    await onPoison(row, culprit, byRow);
    // Without a culprit `onPoison` has thrown.
    leftOut.set(row, culprit!);
    good = row + 1;
  }
}
