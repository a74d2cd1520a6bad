/** A bundle of key groups that ends its worker each time: its groups are answered without the rows that do it. */
import {
  type Bundle,
  type BundleResult,
  type FunctionStageHandle,
  releaseParts,
} from '../../bridge/index.js';
import type { MillstreamError } from '../../core/index.js';
import { partOf } from './bundle-part.js';
import { type Beginning, searchGroups } from './group-search.js';
import type { PartOutcome, RowRange } from './poison-search.js';
import { type Answered, MOST_DEATHS, onlyFailed, together } from './poisoned-bundle.js';
import { gaveUp, type PoisonRow, type RowFailures } from './row-failures.js';

/** Neighbouring rows that are given to the stage as a bundle of their own. */
export interface GroupPart extends RowRange {
  /** Its last group goes on in the next part. */
  readonly continued: boolean;
  readonly notCalled: string | null;
}

/** Runs parts in their order, from the state that the bundle found, in a worker that has nothing else to do. */
export type RunParts = (parts: readonly GroupPart[]) => Promise<PartOutcome<BundleResult, MillstreamError>>;

/** The answer to a bundle, and the parts that gave it: what a fresh worker must see where its last group goes on. */
export interface GroupedAnswer {
  readonly result: BundleResult;
  readonly parts: readonly GroupPart[];
}

/**
 * @param attempts How often the whole bundle was tried.
 * @throws the verdict with row and group, where a function gives no rows up
 */
export async function answerGroups(
  bundle: Bundle,
  attempts: number,
  rows: RowFailures,
  run: RunParts,
): Promise<GroupedAnswer> {
  const poison: PoisonRow[] = [];
  const attempt = attempts + 1;
  const answer = await searchGroups<GroupedAnswer, MillstreamError>(bundle.rows, {
    run: async (beginning) => {
      const parts = await partsOf(bundle, beginning, rows);
      const outcome = await run(parts);
      return 'death' in outcome ? outcome : { answer: { result: outcome.answer, parts } };
    },
    release: ({ result }) => releaseParts(result.batches),
    endsGroup: (count) => endsGroup(bundle, count, rows),
    functions: rows.functions,
    mostDeaths: MOST_DEATHS,
    onPoison: async (row, culprit, verdict) => {
      poison.push(await rows.judge(bundle, row, { verdict, culprit, attempt, isOfGroup: true }));
    },
    onGroup: (row, verdict) => rows.refuseGroup(bundle, row, verdict),
    giveUp: (deaths, verdict) => {
      throw gaveUp(verdict, bundle, deaths);
    },
  });
  const failed = poison.map(({ failed }) => ({ part: NO_ROWS, result: onlyFailed(failed) }));
  return { ...answer, result: together([{ part: NO_ROWS, result: answer.result }, ...failed]) };
}

/** Gives `parts` of a bundle to the stage, one after the other; the numbers of rows are those of the whole. */
export async function processParts(
  handle: FunctionStageHandle,
  bundle: Bundle,
  parts: readonly GroupPart[],
): Promise<BundleResult> {
  const answers: Answered[] = [];
  try {
    for (const part of parts) {
      const { continued, notCalled } = part;
      const result = await handle.process({ ...partOf(bundle, part), continued }, notCalled ?? undefined);
      answers.push({ part, result });
    }
  } catch (error) {
    for (const { result } of answers) releaseParts(result.batches);
    throw error;
  }
  return together(answers);
}

const NO_ROWS: RowRange = { start: 0, rows: 0 };

/** Rows that are left out are parts of their own. */
async function partsOf(bundle: Bundle, beginning: Beginning, rows: RowFailures): Promise<GroupPart[]> {
  const { leftOut, isOpen } = beginning;
  const cuts = [...leftOut.keys()].flatMap((row) => [row, row + 1]);
  const bounds = [...new Set([0, ...cuts, beginning.rows])].sort((a, b) => a - b);
  // Without rows it is the end of the group that is open.
  if (bounds.length === 1) bounds.push(0);
  const parts: GroupPart[] = [];
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [start, end] = [bounds[i]!, bounds[i + 1]!];
    const isLast = i + 2 === bounds.length;
    const continued = (isLast && isOpen) || !(await endsGroup(bundle, end, rows));
    parts.push({ start, rows: end - start, continued, notCalled: leftOut.get(start) ?? null });
  }
  return parts;
}

async function endsGroup(bundle: Bundle, count: number, rows: RowFailures): Promise<boolean> {
  return count === bundle.rows ? !bundle.continued : rows.beginsGroup(bundle, count);
}
