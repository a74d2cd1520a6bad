/** Row groups → splits: enough to keep all workers busy, none too large to be answered as a whole. */
import type { RowGroup, SizedSplit } from './split-scan.js';

/** What bounds splits. */
export interface CutOptions {
  readonly workers: number;
  /** Rows that a worker reads at once. */
  readonly batchRows: number;
}

/** Answers to a split are held until it is done. */
const MOST_ROWS = 1 << 20;
const MOST_BYTES = 64 << 20;
/** Below this the fixed cost of a bundle shows. */
const LEAST_ROWS = 16_384;
/** Splits of a worker, where small row groups are put together: the last ones even out. */
const SPLITS_OF_WORKER = 4;

/**
 * The splits of files in the order of their rows. A row group is cut only where it is too large, or where there are
 * fewer than workers: whoever reads its end decodes its beginning too.
 * @param files The row groups of each file.
 */
export function cutSplits(
  files: readonly (readonly RowGroup[])[],
  { workers, batchRows }: CutOptions,
): SizedSplit[] {
  const all = files.flat().filter(({ rows }) => rows > 0);
  const total = all.reduce((sum, { rows }) => sum + rows, 0);
  const wanted = Math.min(batchRows, Math.max(LEAST_ROWS, Math.ceil(total / (workers * SPLITS_OF_WORKER))));
  const least = all.length < workers ? Math.ceil(workers / Math.max(1, all.length)) : 1;
  return files.flatMap((groups, file) =>
    joined(groups, file, wanted).flatMap((split) => pieces(split, least, batchRows)),
  );
}

/** Consecutive row groups put together up to `wanted` rows; those without rows are left out. */
function joined(groups: readonly RowGroup[], file: number, wanted: number): SizedSplit[] {
  const splits: SizedSplit[] = [];
  for (const [i, { rows, bytes }] of groups.entries()) {
    const last = splits.at(-1);
    const follows = last !== undefined && last.firstRowGroup + last.rowGroups === i;
    if (rows > 0 && follows && last.rows + rows <= wanted) {
      splits[splits.length - 1] = {
        ...last,
        rowGroups: last.rowGroups + 1,
        rows: last.rows + rows,
        bytes: last.bytes + bytes,
      };
    } else if (rows > 0) {
      splits.push({ file, firstRowGroup: i, rowGroups: 1, offset: 0, rows, bytes });
    }
  }
  return splits;
}

function pieces(split: SizedSplit, least: number, batchRows: number): SizedSplit[] {
  const { rows, bytes } = split;
  const useful = Math.min(least, Math.ceil(rows / LEAST_ROWS));
  const count = Math.max(Math.ceil(rows / MOST_ROWS), Math.ceil(bytes / MOST_BYTES), useful);
  const each = Math.ceil(rows / count);
  // Pieces that end where a batch does are read without a copy.
  const size = each < batchRows ? each : Math.ceil(each / batchRows) * batchRows;
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => {
    const offset = i * size;
    const own = Math.min(size, rows - offset);
    return { ...split, offset, rows: own, bytes: Math.ceil((bytes * own) / rows) };
  });
}
