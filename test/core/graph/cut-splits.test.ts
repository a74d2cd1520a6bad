import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSplits } from '../../../core/graph/cut-splits.js';

const BATCH = 131_072;
const groups = (...rows: number[]) => rows.map((count) => ({ rows: count, bytes: count * 16 }));

describe('splits of files', () => {
  it('are the row groups where these are neither small nor few', () => {
    const splits = cutSplits([groups(BATCH, BATCH), groups(BATCH, BATCH, 7)], {
      workers: 2,
      batchRows: BATCH,
    });

    expect(
      splits.map(({ file, firstRowGroup, rowGroups, offset, rows }) => [
        file,
        firstRowGroup,
        rowGroups,
        offset,
        rows,
      ]),
    ).toEqual([
      [0, 0, 1, 0, BATCH],
      [0, 1, 1, 0, BATCH],
      [1, 0, 1, 0, BATCH],
      [1, 1, 1, 0, BATCH],
      [1, 2, 1, 0, 7],
    ]);
  });

  it('are pieces of a row group where there are fewer of them than workers', () => {
    const splits = cutSplits([groups(1_000_000)], { workers: 2, batchRows: BATCH });

    expect(splits.map(({ offset, rows }) => [offset, rows])).toEqual([
      [0, 4 * BATCH],
      [4 * BATCH, 1_000_000 - 4 * BATCH],
    ]);
  });

  it('put small row groups of a file together', () => {
    const splits = cutSplits([groups(...Array(100).fill(1_000))], { workers: 1, batchRows: BATCH });

    expect(splits.map(({ rowGroups }) => rowGroups)).toEqual([25, 18, 16, 16, 16, 9]);
  });

  it('are several row groups while much is left, and single ones at the end', () => {
    const splits = cutSplits([groups(...Array(76).fill(BATCH))], { workers: 2, batchRows: BATCH });

    expect(splits.slice(0, 3).map(({ rowGroups }) => rowGroups)).toEqual([4, 4, 4]);
    expect(splits.slice(-8).map(({ rowGroups }) => rowGroups)).toEqual(Array(8).fill(1));
  });

  it('are no larger for wide rows, which fill messages by themselves', () => {
    const wide = Array.from({ length: 40 }, () => ({ rows: BATCH, bytes: 12 << 20 }));
    const splits = cutSplits([wide], { workers: 2, batchRows: BATCH });

    expect(splits.every(({ rowGroups }) => rowGroups === 1)).toBe(true);
  });

  it('cover every row once, in order, and are bounded', () => {
    const file = fc.array(
      fc.record({ rows: fc.oneof(fc.nat(50), fc.nat(4_000_000)), bytes: fc.nat(1 << 28) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (files, workers) => {
        const splits = cutSplits(files, { workers, batchRows: BATCH });
        for (const [number, rowGroups] of files.entries()) {
          const starts = rowGroups.map((_, i) =>
            rowGroups.slice(0, i).reduce((sum, { rows }) => sum + rows, 0),
          );
          let next = 0;
          for (const split of splits.filter(({ file: of }) => of === number)) {
            expect(starts[split.firstRowGroup]! + split.offset).toBe(next);
            next += split.rows;
            expect(split.rows).toBeGreaterThan(0);
            expect(split.rows).toBeLessThanOrEqual((1 << 20) + BATCH);
            const last = split.firstRowGroup + split.rowGroups;
            const end = last < starts.length ? starts[last]! : Number.POSITIVE_INFINITY;
            expect(next).toBeLessThanOrEqual(end);
          }
          expect(next).toBe(rowGroups.reduce((sum, { rows }) => sum + rows, 0));
        }
      }),
      { seed: Number(process.env.MILLSTREAM_SEED ?? 7) },
    );
  });
});
