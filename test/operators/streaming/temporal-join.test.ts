import { expect, test } from 'vitest';
import type { StreamOperator } from '../../../core/index.js';
import { TemporalJoin } from '../../../operators/streaming/temporal-join.js';
import { APPENDING, at, changing, type Event, run } from './rows.js';

type Spec = Extract<StreamOperator<number>, { kind: 'temporal_join' }>;

/** Both sides: key, value, time. */
function join(more: Partial<Spec> = {}): TemporalJoin {
  return new TemporalJoin({
    kind: 'temporal_join',
    type: 'left',
    leftKeys: [0],
    rightKeys: [0],
    time: 2,
    versionTime: 2,
    dropsOlder: false,
    inputs: [APPENDING, APPENDING],
    outputs: [],
    ...more,
  });
}

function probe(key: string | null, name: string, ms: number): Event {
  return ['+I', [key, name, at(ms)], 0];
}

function version(
  key: string | null,
  name: string,
  ms: number,
  change: '+I' | '-U' | '+U' | '-D' = '+I',
): Event {
  return [change, [key, name, at(ms)], 1];
}

/** Who met whom. */
function met(operator: TemporalJoin, events: readonly Event[]): string[] {
  const name = (row: string) => (row === '-' ? '-' : row.slice(1, -1).split(' ')[1]!);
  return run(operator, events).map((line) => {
    const [change = '', ...rows] = line.match(/\[[^\]]*\]|\S+/g) ?? [];
    return `${change} ${rows.map(name).join(' ')}`;
  });
}

test('a row meets the last version that is not younger, whatever order the versions came in', () => {
  const events = [
    probe('k', 'before', 5),
    probe('k', 'first', 10),
    probe('k', 'between', 25),
    probe('x', 'other', 25),
    version('k', 'third', 30),
    version('k', 'one', 10),
    version('k', 'two', 20),
    { watermark: 26 },
    probe('k', 'after', 31),
    { watermark: 40 },
  ];
  expect(met(join(), events)).toEqual([
    '+I before -',
    '+I first one',
    '+I between two',
    '+I other -',
    '+I after third',
  ]);
  expect(met(join({ type: 'inner' }), events)).toEqual(['+I first one', '+I between two', '+I after third']);
});

test('nothing is said before both sides have passed it, and NULL keys meet nobody', () => {
  const operator = join();
  expect(met(operator, [version(null, 'none', 1), probe(null, 'nobody', 10), { watermark: 9 }])).toEqual([]);
  expect(met(operator, [{ watermark: 10 }])).toEqual(['+I nobody -']);
});

test('a late row meets the versions that are left: the last that the watermark has passed, and those after it', () => {
  const operator = join();
  met(operator, [version('k', 'one', 10), version('k', 'two', 20), { watermark: 25 }]);

  expect(met(operator, [probe('k', 'late', 12), probe('k', 'later', 21), { watermark: 26 }])).toEqual([
    '+I late -',
    '+I later two',
  ]);
});

test('a version that is deleted is in force until then, and one of the same time takes its place', () => {
  const events = [
    version('k', 'one', 10),
    version('k', 'corrected', 10),
    version('k', 'gone', 20, '-D'),
    probe('k', 'during', 15),
    probe('k', 'afterwards', 25),
    version('k', 'again', 30),
    probe('k', 'finally', 30),
    { watermark: 30 },
  ];
  expect(met(join({ inputs: [APPENDING, changing(3)] }), events)).toEqual([
    '+I during corrected',
    '+I afterwards -',
    '+I finally again',
  ]);
});

test('what an update was before ends when its successor begins', () => {
  const events = [
    version('k', 'one', 10),
    version('k', 'one', 10, '-U'),
    version('k', 'two', 20, '+U'),
    probe('k', 'early', 11),
    { watermark: 30 },
  ];
  expect(met(join({ inputs: [APPENDING, changing(3)] }), events)).toEqual(['+I early one']);
});

test('of a table of last rows one that is older than the last is no version', () => {
  const events = [version('k', 'new', 20), version('k', 'old', 10), probe('k', 'p', 15), { watermark: 30 }];
  expect(met(join({ dropsOlder: true }), events)).toEqual(['+I p -']);
  expect(met(join(), events)).toEqual(['+I p old']);
});

test('changes of the left side keep their kind', () => {
  const events: Event[] = [
    version('k', 'one', 10),
    ['-U', ['k', 'a', at(11), 1], 0],
    ['+U', ['k', 'b', at(12), 2], 0],
    { watermark: 20 },
  ];
  expect(met(join({ inputs: [changing(3), APPENDING] }), events)).toEqual(['-U a one', '+U b one']);
});
