import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RowRange, searchPoison } from '../../../operators/retry/poison-search.js';

/** Searches among `rows` rows of which `poison` end their worker. */
async function search(rows: number, poison: ReadonlySet<number>, mostDeaths = 1_000) {
  let runs = 0;
  const found: number[] = [];
  const parts = await searchPoison<number[], string>(rows, {
    run: async (part) => {
      runs += 1;
      const inside = rowsOf(part);
      return inside.some((row) => poison.has(row)) ? { death: 'crash' } : { answer: inside };
    },
    mostDeaths,
    onPoison: (row) => {
      found.push(row);
    },
    giveUp: (deaths) => {
      throw new Error(`gave up after ${deaths}`);
    },
  });
  return { parts, found, runs };
}

function rowsOf({ start, rows }: RowRange): number[] {
  return Array.from({ length: rows }, (_, i) => start + i);
}

describe('the search for poison rows', () => {
  it('finds one row of 8,192 in at most 26 runs, wherever it is', async () => {
    for (const row of [0, 1, 2_047, 4_095, 4_096, 5_555, 8_190, 8_191]) {
      const { found, runs } = await search(8_192, new Set([row]));

      expect(found).toEqual([row]);
      expect(runs).toBeLessThanOrEqual(26);
    }
  });

  it('answers every other row once, in order, whatever rows are bad', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 300 })
          .chain((rows) => fc.tuple(fc.constant(rows), fc.uniqueArray(fc.nat(rows - 1), { maxLength: 12 }))),
        async ([rows, bad]) => {
          const poison = new Set(bad);

          const { parts, found } = await search(rows, poison);

          expect(found).toEqual([...bad].sort((a, b) => a - b));
          const answered = parts.flatMap((part) => ('answer' in part ? part.answer : []));
          expect(answered).toEqual(rowsOf({ start: 0, rows }).filter((row) => !poison.has(row)));
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  it('answers all rows where none of them does it by itself', async () => {
    const { parts, found } = await search(100, new Set());

    expect(found).toEqual([]);
    expect(parts.flatMap((part) => ('answer' in part ? part.answer : []))).toHaveLength(100);
  });

  it('is given up after the most deaths', async () => {
    const all = new Set(rowsOf({ start: 0, rows: 64 }));

    await expect(search(64, all, 20)).rejects.toThrow('gave up after 20');
  });
});
