import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FoldedChanges } from '../../../operators/streaming/folded-changes.js';
import { CHANGES, type Change } from '../../../operators/streaming/row-function.js';

type Said = readonly [change: (typeof CHANGES)[number], key: number, value: string];

function folded(...batches: readonly (readonly Said[])[]): string[][] {
  const changes = new FoldedChanges<Said>();
  return batches.map((batch) => {
    for (const item of batch) changes.add(item, `${item[1]} ${item[2]}`, CHANGES.indexOf(item[0]) as Change);
    const left: string[] = [];
    changes.take(([, key, value], change) => left.push(`${CHANGES[change]} ${key}${value}`));
    return left;
  });
}

test('updates of one row become one', () => {
  const rows: Said[] = [
    ['-U', 1, 'a'],
    ['+U', 1, 'b'],
    ['-U', 1, 'b'],
    ['+U', 1, 'c'],
  ];
  expect(folded(rows)).toEqual([['-U 1a', '+U 1c']]);
});

test('a row that comes and goes was never there, and one that goes and comes did not go', () => {
  expect(
    folded([
      ['+I', 1, 'a'],
      ['-U', 1, 'a'],
      ['+U', 1, 'b'],
      ['-D', 1, 'b'],
    ]),
  ).toEqual([[]]);
  expect(
    folded([
      ['-U', 1, 'a'],
      ['+U', 1, 'b'],
      ['-U', 1, 'b'],
      ['+U', 1, 'a'],
    ]),
  ).toEqual([[]]);
});

test('half of an update that is left alone is a deletion or an insertion', () => {
  expect(
    folded([
      ['-U', 1, 'a'],
      ['+U', 1, 'b'],
      ['-D', 1, 'b'],
    ]),
  ).toEqual([['-D 1a']]);
  expect(
    folded([
      ['+I', 1, 'a'],
      ['-U', 1, 'a'],
      ['+U', 1, 'b'],
    ]),
  ).toEqual([['+I 1b']]);
});

test('an update between two mini-batches is a deletion in the first', () => {
  expect(folded([['-U', 1, 'a']], [['+U', 1, 'b']])).toEqual([['-D 1a'], ['+U 1b']]);
});

test('halves of updates that do not follow each other stay as they are, unless one of them is undone', () => {
  const rows: Said[] = [
    ['-U', 1, 'a'],
    ['-U', 2, 'a'],
    ['+U', 1, 'b'],
    ['+U', 2, 'b'],
  ];
  expect(folded(rows)).toEqual([['-U 1a', '-U 2a', '+U 1b', '+U 2b']]);
  expect(folded([...rows, ['-D', 1, 'b']])).toEqual([['-D 1a', '-D 2a', '+I 2b']]);
});

/** Changes of the rows under a few keys, each with a value or none. */
const changelogs = fc
  .array(
    fc.record({
      key: fc.integer({ min: 0, max: 2 }),
      value: fc.option(fc.constantFrom('a', 'b', 'c')),
      halves: fc.constantFrom('together', 'apart', 'own'),
      cut: fc.nat(4).map((n) => n === 0),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const there = new Map<number, string>();
    const batches: Said[][] = [[]];
    const open: Said[] = [];
    const close = () => batches.at(-1)!.push(...open.splice(0));
    for (const { key, value, halves, cut } of steps) {
      if (halves !== 'apart' || open.some((item) => item[1] === key)) close();
      const before = there.get(key);
      if (before !== undefined)
        batches.at(-1)!.push([value === null || halves === 'own' ? '-D' : '-U', key, before]);
      if (value !== null) {
        const kind = before === undefined || halves === 'own' ? '+I' : '+U';
        if (halves === 'apart' && kind === '+U') open.push([kind, key, value]);
        else batches.at(-1)!.push([kind, key, value]);
        there.set(key, value);
      } else there.delete(key);
      if (cut && open.length === 0) batches.push([]);
    }
    close();
    return { batches, there };
  });

test('who goes by keys and second halves, and who goes by rows, has what is there at the end', () => {
  fc.assert(
    fc.property(changelogs, ({ batches, there }) => {
      const byKey = new Map<number, string>();
      const rows = new Map<string, number>();
      const said = folded(...batches).flat();
      for (const line of said) {
        const [, change, key, value] = /^(..) (\d)(.)$/.exec(line)!;
        if (change!.startsWith('+')) byKey.set(Number(key), value!);
        else if (change === '-D') byKey.delete(Number(key));
        const count = (rows.get(key! + value!) ?? 0) + (change!.startsWith('+') ? 1 : -1);
        expect(count).toBeGreaterThanOrEqual(0);
        rows.set(key! + value!, count);
      }
      expect(new Map([...byKey].sort())).toEqual(new Map([...there].sort()));
      expect(
        [...rows]
          .filter(([, count]) => count > 0)
          .map(([row]) => row)
          .sort(),
      ).toEqual([...there].map(([key, value]) => `${key}${value}`).sort());
      expect(said.length).toBeLessThanOrEqual(batches.flat().length);
    }),
    { numRuns: 2_000 },
  );
});
