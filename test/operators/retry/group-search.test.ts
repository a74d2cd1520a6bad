import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Beginning, searchGroups } from '../../../operators/retry/group-search.js';

/** An aggregate over groups of rows, and what ends its worker. */
interface Model {
  /** The group of each row. */
  readonly keys: readonly number[];
  /** `row` of `function`. */
  readonly poison: ReadonlySet<string>;
  /** The group whose value ends it; null: none. */
  readonly deadlyKey: number | null;
  /** The group that ends with a bundle without rows. */
  readonly openKey?: number;
  readonly functions: readonly string[];
  readonly continued: boolean;
}

function search(model: Model, mostDeaths = 200) {
  const { keys, poison, functions } = model;
  const found: { row: number; culprit: string | null }[] = [];
  let runs = 0;
  const endsGroup = (rows: number) =>
    rows === keys.length ? !model.continued : keys[rows] !== keys[rows - 1];
  const run = async ({ rows, leftOut, isOpen }: Beginning) => {
    runs += 1;
    const given: string[] = [];
    if (rows === 0 && !isOpen && model.openKey === model.deadlyKey) return { death: `key ${model.openKey}` };
    for (let row = 0; row < rows; row++) {
      for (const name of functions) {
        if (leftOut.get(row) === name) continue;
        if (poison.has(`${row} of ${name}`)) return { death: `row ${row} of ${name}` };
        given.push(`${row} of ${name}`);
      }
      const ends = endsGroup(row + 1) && !(isOpen && row + 1 === rows);
      if (ends && keys[row] === model.deadlyKey) return { death: `key ${keys[row]}` };
    }
    return { answer: given };
  };
  const answer = searchGroups<string[], string>(keys.length, {
    run,
    release: () => undefined,
    endsGroup: async (rows) => endsGroup(rows),
    functions,
    mostDeaths,
    onPoison: async (row, culprit) => {
      found.push({ row, culprit });
      if (culprit === null) throw new Error(`row ${row} of all`);
    },
    onGroup: async (row, death) => {
      throw new Error(`group of row ${row}: ${death}`);
    },
    giveUp: (deaths) => {
      throw new Error(`${deaths} deaths`);
    },
  });
  return { answer, found, runs: () => runs };
}

const ONE = { poison: new Set<string>(), deadlyKey: null, functions: ['f'], continued: false };

describe('the search of a bundle of groups', () => {
  it('finds each row and its function, and answers with all others', async () => {
    const model = fc.record({
      keys: fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }).map((keys) => keys.sort((a, b) => a - b)),
      bad: fc.uniqueArray(fc.tuple(fc.nat(59), fc.constantFrom('f', 'g')), {
        maxLength: 4,
        selector: ([row]) => row,
      }),
      continued: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(model, async ({ keys, bad, continued }) => {
        const inside = bad.filter(([row]) => row < keys.length).sort(([a], [b]) => a - b);
        const poison = new Set(inside.map(([row, name]) => `${row} of ${name}`));
        const { answer, found } = search({ ...ONE, keys, poison, functions: ['f', 'g'], continued });

        const all = keys.flatMap((_, row) => [`${row} of f`, `${row} of g`]);
        expect(await answer).toEqual(all.filter((call) => !poison.has(call)));
        expect(found).toEqual(inside.map(([row, culprit]) => ({ row, culprit })));
      }),
      { seed: 20_261_123, numRuns: 300 },
    );
  });

  it('takes no more than two runs for each halving', async () => {
    const keys = Array.from({ length: 8_192 }, (_, row) => row >> 7);
    const { answer, runs } = search({ ...ONE, keys, poison: new Set(['5000 of f']) });

    expect(await answer).toHaveLength(8_191);
    expect(runs()).toBeLessThanOrEqual(26);
  });

  it('tells the value of a group from its last row', async () => {
    const keys = [1, 1, 2, 2, 2, 3];

    await expect(search({ ...ONE, keys, deadlyKey: 2 }).answer).rejects.toThrow('group of row 4: key 2');
    const { answer, found } = search({ ...ONE, keys, poison: new Set(['4 of f']) });
    expect(await answer).toHaveLength(5);
    expect(found).toEqual([{ row: 4, culprit: 'f' }]);
  });

  it('blames no row where a group ends that began in bundles before', async () => {
    const { answer } = search({ ...ONE, keys: [], deadlyKey: 1, openKey: 1 });

    await expect(answer).rejects.toThrow('group of row -1: key 1');
  });

  it('blames no function where each of two ends the worker', async () => {
    const poison = new Set(['1 of f', '1 of g']);
    const { answer } = search({ ...ONE, keys: [1, 1], poison, functions: ['f', 'g'] });

    await expect(answer).rejects.toThrow('row 1 of all');
  });

  it('is given up after many deaths', async () => {
    const keys = Array.from({ length: 100 }, () => 1);
    const poison = new Set(keys.map((_, row) => `${row} of f`));

    await expect(search({ ...ONE, keys, poison }, 30).answer).rejects.toThrow('30 deaths');
  });
});
