/** A function stage in a worker that came near its cap: larger bundles are given to it in parts, one after the other. */
import type { Bundle, BundleResult, FunctionStageHandle, Worker } from '../../bridge/index.js';
import { UdfError } from '../../core/index.js';
import { partOf } from './bundle-part.js';
import type { RowRange } from './poison-search.js';
import { type Answered, together } from './poisoned-bundle.js';

/** `handle` of `worker`, whose bundles' rows do not depend on each other. */
export function smallerBundles(
  handle: FunctionStageHandle,
  worker: Pick<Worker, 'rowLimit'>,
): FunctionStageHandle {
  return {
    output: handle.output,
    close: () => handle.close(),
    process: (bundle, notCalled) =>
      worker.rowLimit === null || bundle.rows <= worker.rowLimit
        ? handle.process(bundle, notCalled)
        : inParts(handle, worker, bundle, notCalled),
  };
}

/** The limit may fall on the way. */
async function inParts(
  handle: FunctionStageHandle,
  worker: Pick<Worker, 'rowLimit'>,
  bundle: Bundle,
  notCalled: string | undefined,
): Promise<BundleResult> {
  const answers: Answered[] = [];
  for (let start = 0; start < bundle.rows; ) {
    const part: RowRange = { start, rows: Math.min(worker.rowLimit ?? bundle.rows, bundle.rows - start) };
    try {
      answers.push({ part, result: await handle.process(partOf(bundle, part), notCalled) });
    } catch (error) {
      throw error instanceof UdfError ? ofWhole(error, start) : error;
    }
    start += part.rows;
  }
  return together(answers);
}

/** The same error with its row counted in the whole bundle. */
function ofWhole(error: UdfError, start: number): UdfError {
  const { code, message, hint, details, cause } = error;
  const { row } = details;
  if (row === null || start === 0) return error;
  const text = message.replace(`in row ${row}`, `in row ${row + start}`);
  return new UdfError(code, text, { hint, details: { ...details, row: row + start }, cause });
}
