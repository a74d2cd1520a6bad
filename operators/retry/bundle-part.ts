/** Some rows of a bundle as a bundle of their own, and their results back in the rows of the whole. */
import type { AnswerPart, Bundle, BundleBatch } from '../../bridge/index.js';
import { selectRows } from '../stages/selection.js';
import type { RowRange } from './poison-search.js';

/** The rows of `part` under the number of the whole; bodies are shared with it, and it must be held as long. */
export function partOf(bundle: Bundle, { start, rows }: RowRange): Bundle {
  if (bundle.split !== undefined) {
    const split = { ...bundle.split, offset: bundle.split.offset + start };
    return { ...bundle, rows, split, continued: false };
  }
  const selection = Int32Array.from({ length: rows }, (_, i) => start + i);
  const groups = bundle.groups.map((group) => selectRows(group, selection));
  return { ...bundle, rows, groups, continued: false };
}

/** Results of a part, whose selections name rows of the whole bundle. */
export function inWhole(batches: readonly AnswerPart[], part: RowRange): AnswerPart[] {
  return batches.map((batch) =>
    'load' in batch
      ? { ...batch, load: async () => inWholeRows(await batch.load(), part) }
      : inWholeRows(batch, part),
  );
}

function inWholeRows(batch: BundleBatch, { start, rows }: RowRange): BundleBatch {
  const rowSelection =
    batch.rowSelection === null
      ? Int32Array.from({ length: rows }, (_, i) => start + i)
      : batch.rowSelection.map((row) => row + start);
  return { ...batch, rowSelection };
}
