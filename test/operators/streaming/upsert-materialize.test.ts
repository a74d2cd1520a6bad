import { expect, test } from 'vitest';
import { HeapState } from '../../../core/index.js';
import type { CHANGES } from '../../../operators/streaming/row-function.js';
import { UpsertMaterialize } from '../../../operators/streaming/upsert-materialize.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { seeds } from '../../support/seeds.js';
import { changing, type Event, run } from './rows.js';

// Rows: the key by which they change, the key of the table, kind of change.
const SPEC = { kind: 'upsert', keys: [1], inputs: [changing(2)], outputs: [] } as const;

const row = (change: (typeof CHANGES)[number], own: string, key: string): Event => [change, [own, key, null]];

test('the last row that is left under a key is in force; what was never in force goes without a word', () => {
  const said = run(new UpsertMaterialize(SPEC), [
    row('+I', 'a', 'x'),
    'flush',
    row('+I', 'b', 'x'),
    'flush',
    row('-U', 'a', 'x'),
    row('+U', 'a', 'y'),
    'flush',
    row('-D', 'b', 'x'),
    'flush',
    row('-D', 'c', 'x'),
    'flush',
    row('+I', 'c', 'y'),
    row('-D', 'c', 'y'),
    'flush',
  ]);

  expect(said).toEqual(['+I [a x null]', '+U [b x null]', '+I [a y null]', '-D [b x null]']);
});

test('of equal rows the one that came first is taken back', () => {
  const said = run(new UpsertMaterialize(SPEC), [
    row('+I', 'a', 'x'),
    row('+I', 'b', 'x'),
    row('+I', 'a', 'x'),
    'flush',
    row('-D', 'a', 'x'),
    'flush',
    row('-D', 'a', 'x'),
    'flush',
  ]);

  expect(said).toEqual(['+I [a x null]', '+U [b x null]']);
});

test('when the last row goes, the one before it is in force again, also behind a checkpoint', () => {
  const state = new HeapState();
  run(new UpsertMaterialize(SPEC, state), [row('+I', 'a', 'x'), row('+I', 'b', 'x'), 'flush']);

  const restored = new UpsertMaterialize(SPEC, new HeapState(state.snapshot()));
  expect(run(restored, [row('-D', 'b', 'x'), 'flush'])).toEqual(['+U [a x null]']);
});

test.each(seeds(20, 500))(
  'a table that follows holds for each key the last row that is left (seed %i)',
  (seed) => {
    const random = new SeededRandom(seed);
    const there: [string, string][] = [];
    const events: Event[] = [];
    for (let i = 0; i < 200; i++) {
      if (there.length > 0 && random.chance(0.4)) {
        const [own, key] = there.splice(random.int(0, there.length - 1), 1)[0]!;
        events.push(row(random.chance(0.5) ? '-U' : '-D', own, key));
      } else {
        const made: [string, string] = [`r${i}`, random.pick(['x', 'y', 'z'])];
        there.push(made);
        events.push(row(random.chance(0.5) ? '+U' : '+I', ...made));
      }
      if (random.chance(0.3)) events.push('flush');
    }

    const table = new Map<string, string>();
    for (const line of run(new UpsertMaterialize(SPEC), [...events, 'flush'])) {
      const [, change, own, key] = /^(..) \[(\w+) (\w) null\]$/.exec(line)!;
      if (change === '-D') table.delete(key!);
      else table.set(key!, own!);
    }

    expect(table).toEqual(new Map(there.map(([own, key]) => [key, own])));
  },
);
