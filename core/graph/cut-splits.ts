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
/** Wide rows fill messages by themselves. */
const MOST_JOINED_BYTES = 16 << 20;
/** Below this the fixed cost of a bundle shows. */
const LEAST_ROWS = 16_384;
/** As many batches are answered as one: each message costs the core as much as any other. */
export const MOST_BATCHES = 4;
/** A split is put together of row groups up to this part of what each worker has left: the last ones even out. */
const PARTS_LEFT = 4;

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
  const least = all.length < workers ? Math.ceil(workers / Math.max(1, all.length)) : 1;
  let left = all.reduce((sum, { rows }) => sum + rows, 0);
  return files.flatMap((groups, file) => {
    const splits = joined(groups, file, (before) =>
      Math.min(
        MOST_BATCHES * batchRows,
        Math.max(LEAST_ROWS, Math.ceil((left - before) / (workers * PARTS_LEFT))),
      ),
    );
    left -= groups.reduce((sum, { rows }) => sum + rows, 0);
    return splits.flatMap((split) => pieces(split, least, batchRows));
  });
}

/**
 * Consecutive row groups put together; those without rows are left out.
 * @param wanted Rows of a split at most, by the rows of the file in front of it.
 */
function joined(groups: readonly RowGroup[], file: number, wanted: (before: number) => number): SizedSplit[] {
  const splits: SizedSplit[] = [];
  let before = 0;
  for (const [i, { rows, bytes }] of groups.entries()) {
    const last = splits.at(-1);
    const follows = last !== undefined && last.firstRowGroup + last.rowGroups === i;
    const fits =
      follows && last.rows + rows <= wanted(before - last.rows) && last.bytes + bytes <= MOST_JOINED_BYTES;
    if (rows > 0 && fits) {
      splits[splits.length - 1] = {
        ...last,
        rowGroups: last.rowGroups + 1,
        rows: last.rows + rows,
        bytes: last.bytes + bytes,
      };
    } else if (rows > 0) {
      splits.push({ file, firstRowGroup: i, rowGroups: 1, offset: 0, rows, bytes });
    }
    before += rows;
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
