/** A bundle that ends its worker each time: its good rows are answered, the others judged. */
import {
  type AnswerPart,
  type Bundle,
  type BundleDurations,
  type BundleResult,
  type FailedRow,
  releaseParts,
} from '../../bridge/index.js';
import type { MillstreamError } from '../../core/index.js';
import { inWhole, partOf } from './bundle-part.js';
import { type PartOutcome, type RowRange, searchPoison } from './poison-search.js';
import { gaveUp, type PoisonRow, type RowFailures } from './row-failures.js';

/** Runs a part of a bundle in a worker that has nothing else to do. */
export type RunPart = (
  part: Bundle,
  notCalled?: string,
) => Promise<PartOutcome<BundleResult, MillstreamError>>;

/** Deaths in one bundle after which it is given up: 26 find one row among 131,072. */
export const MOST_DEATHS = 200;

/**
 * The answer to the good rows, and the others as failed rows.
 * @param attempts How often the whole bundle was tried.
 * @throws the verdict with its row, where a function gives no rows up
 */
export async function answerGoodRows(
  bundle: Bundle,
  attempts: number,
  rows: RowFailures,
  run: RunPart,
): Promise<BundleResult> {
  const poison = new Map<number, PoisonRow>();
  const parts = await searchPoison(bundle.rows, {
    run: (part) => run(partOf(bundle, part)),
    mostDeaths: MOST_DEATHS,
    onPoison: async (row, verdict) => {
      const culprit = await culpritOf(partOf(bundle, { start: row, rows: 1 }), verdict, rows.functions, run);
      poison.set(row, await rows.judge(bundle, row, { verdict, culprit, attempt: attempts + 1 }));
    },
    giveUp: (deaths, verdict) => {
      throw gaveUp(verdict, bundle, deaths);
    },
  });
  const answers: Answered[] = [];
  for (const part of parts) {
    if ('answer' in part) {
      answers.push({ part, result: part.answer });
      continue;
    }
    const { failed, onError } = poison.get(part.start)!;
    if (onError === 'null') {
      const outcome = await run(partOf(bundle, part), failed.function);
      if ('death' in outcome) throw outcome.death;
      answers.push({ part, result: outcome.answer });
    }
    answers.push({ part: { start: 0, rows: 0 }, result: onlyFailed(failed) });
  }
  return together(answers);
}

/**
 * The function that ends its worker on a row: the last one without which the worker lives, because those after it are
 * not called where it gives NULL. Null: it is none of them alone.
 */
async function culpritOf(
  row: Bundle,
  { code, details }: MillstreamError,
  functions: readonly string[],
  run: RunPart,
): Promise<string | null> {
  if (functions.length === 1) return functions[0]!;
  if (code === 'UDF_TIMEOUT' && details.function !== null) return details.function;
  for (const name of functions.toReversed()) {
    const outcome = await run(row, name);
    if ('death' in outcome) continue;
    releaseParts(outcome.answer.batches);
    return name;
  }
  return null;
}

/** Rows of a bundle and their answer. */
export interface Answered {
  readonly part: RowRange;
  readonly result: BundleResult;
}

/** The answer to a bundle from those to its parts, in the order of its rows. */
export function together(answers: readonly Answered[]): BundleResult {
  const batches: AnswerPart[] = [];
  const failedRows: FailedRow[] = [];
  for (const { part, result } of answers) {
    batches.push(...inWhole(result.batches, part));
    for (const failed of result.failedRows) failedRows.push({ ...failed, row: failed.row + part.start });
  }
  return { batches, failedRows, timing: sum(answers.map(({ result }) => result.timing)) };
}

/** An answer without rows. */
export function onlyFailed(failed: FailedRow): BundleResult {
  return { batches: [], failedRows: [failed], timing: NO_TIME };
}

/** Of an answer that no worker gave. */
export const NO_TIME: BundleDurations = {
  waitingNs: 0,
  shippingNs: 0,
  pythonNs: [],
  returningNs: 0,
  totalNs: 0,
  calls: [],
  retries: [],
};

function sum(timings: readonly BundleDurations[]): BundleDurations {
  const steps = Math.max(0, ...timings.map(({ calls }) => calls.length));
  const by = (value: (timing: BundleDurations) => number) => timings.reduce((all, t) => all + value(t), 0);
  const each = (value: (timing: BundleDurations) => readonly number[]) =>
    Array.from({ length: steps }, (_, step) => by((timing) => value(timing)[step] ?? 0));
  return {
    waitingNs: by((t) => t.waitingNs),
    shippingNs: by((t) => t.shippingNs),
    pythonNs: each((t) => t.pythonNs),
    returningNs: by((t) => t.returningNs),
    totalNs: by((t) => t.totalNs),
    calls: each((t) => t.calls),
    retries: each((t) => t.retries),
  };
}
