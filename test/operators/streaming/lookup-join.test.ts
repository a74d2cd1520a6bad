import { expect, test } from 'vitest';
import { HeapState, type StreamLookup, types } from '../../../core/index.js';
import { LookupCache } from '../../../operators/streaming/lookup/lookup-cache.js';
import { LookupJoin } from '../../../operators/streaming/lookup/lookup-join.js';
import type { LookupCaching } from '../../../operators/streaming/lookup/lookup-table.js';
import type { Change, Collector, Row } from '../../../operators/streaming/row-function.js';
import { CHANGES } from '../../../operators/streaming/row-function.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { seeds } from '../../support/seeds.js';
import { APPENDING, changing } from './rows.js';

const FIELDS = [
  { name: 'k', type: types.string() },
  { name: 'v', type: types.bigint() },
];

const spec = (
  type: 'inner' | 'left',
  input = APPENDING,
  condition: StreamLookup<number>['condition'] = null,
  retry: StreamLookup<number>['retry'] = null,
) =>
  ({
    kind: 'lookup',
    type,
    table: { name: 'd', connector: 'fake', options: {}, fields: FIELDS },
    keys: [{ column: 0, field: 0 }],
    retry,
    condition,
    inputs: [input],
    outputs: [],
  }) as const;

/** A table that counts what it is asked, and may change between two batches. */
class FakeTable {
  readonly asked: string[] = [];

  constructor(public rows: Readonly<Record<string, readonly bigint[]>>) {}

  async find(keys: readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const names = keys.map(([key]) => key as string);
    this.asked.push(names.join(','));
    return names.map((name) => (this.rows[name] ?? []).map((value) => [name, value]));
  }
}

type Step = readonly [change: (typeof CHANGES)[number], ...row: Row];

/** What a batch gives, one text for each row: change, key and number of the row, value that was found. */
async function batch(join: LookupJoin, steps: readonly Step[]): Promise<string[]> {
  const lines: string[] = [];
  const out: Collector = {
    emit: (change, [row], results) => {
      const found = results.at(-1) === true ? results[1] : 'none';
      lines.push(`${CHANGES[change]} ${row![0]}${row![1]} ${found}`);
    },
    late: () => {},
  };
  for (const [change, ...row] of steps) join.process(row, CHANGES.indexOf(change) as Change);
  await join.endBatch(out);
  return lines;
}

const CACHING: LookupCaching = {
  maxKeys: 10,
  expireAfterWriteMs: null,
  expireAfterAccessMs: null,
  keepsMissing: true,
};

const noPause = () => expect.unreachable('nothing is asked for again');

test('the keys of a batch are asked for at once, each once, and rows leave in their order', async () => {
  const table = new FakeTable({ a: [1n, 2n], b: [3n] });
  const rows: Step[] = [
    ['+I', 'b', 1],
    ['+I', 'a', 2],
    ['+I', null, 3],
    ['+I', 'x', 4],
    ['+I', 'b', 5],
  ];

  const inner = await batch(new LookupJoin(spec('inner'), table, null, noPause), rows);
  const left = await batch(new LookupJoin(spec('left'), table, null, noPause), rows);

  expect(inner).toEqual(['+I b1 3', '+I a2 1', '+I a2 2', '+I b5 3']);
  expect(left).toEqual(['+I b1 3', '+I a2 1', '+I a2 2', '+I null3 none', '+I x4 none', '+I b5 3']);
  expect(table.asked).toEqual(['b,a,x', 'b,a,x']);
});

test('a row of the table that does not meet the condition is not there', async () => {
  const predicate = {
    kind: 'call',
    function: '>',
    arguments: [
      { kind: 'column', id: 'v', type: types.bigint(), span: null },
      { kind: 'column', id: 'n', type: types.bigint(), span: null },
    ],
    type: types.boolean(),
    span: null,
  } as const;
  const condition = { predicate, columns: [{ id: 'n', column: 1 }], fields: [{ id: 'v', field: 1 }] };
  const table = new FakeTable({ a: [1n, 5n] });

  const given = await batch(new LookupJoin(spec('left', APPENDING, condition), table, null, noPause), [
    ['+I', 'a', 2n],
    ['+I', 'a', 7n],
  ]);

  expect(given).toEqual(['+I a2 5', '+I a7 none']);
});

test('a row that goes is taken back with what it was given, also behind a checkpoint', async () => {
  const table = new FakeTable({ a: [1n] });
  const state = new HeapState();
  const first = new LookupJoin(spec('inner', changing(2)), table, null, noPause, state);
  await batch(first, [
    ['+I', 'a', 7, 0],
    ['+I', 'z', 8, 0],
  ]);
  table.rows = { a: [2n], z: [9n] };

  const restored = new LookupJoin(
    spec('inner', changing(2)),
    table,
    null,
    noPause,
    new HeapState(state.snapshot()),
  );
  const given = await batch(restored, [
    ['-U', 'a', 7, 1],
    ['+U', 'a', 8, 2],
    ['-D', 'z', 8, 3],
    ['-D', 'q', 1, 3],
  ]);

  expect(given).toEqual(['-U a7 1', '+U a8 2']);
});

test('a cached answer is used until it expires, or is the one that was unused for the longest time', async () => {
  const clock = new ManualClock();
  const asked = async (caching: Partial<LookupCaching>, steps: readonly (string | number)[]) => {
    const table = new FakeTable({ a: [1n], b: [2n], c: [3n] });
    const join = new LookupJoin(
      spec('inner'),
      table,
      new LookupCache({ ...CACHING, ...caching }, clock),
      noPause,
    );
    for (const step of steps) {
      if (typeof step === 'string') await batch(join, [['+I', step, 0]]);
      else {
        clock.after(step, () => {});
        clock.fireNext();
      }
    }
    return table.asked.join('');
  };

  expect(await asked({}, ['a', 'a', 'x', 'x', 'a'])).toBe('ax');
  expect(await asked({ keepsMissing: false }, ['a', 'x', 'x'])).toBe('axx');
  expect(await asked({ maxKeys: 2 }, ['a', 'b', 'a', 'c', 'a', 'b'])).toBe('abcb');
  expect(await asked({ expireAfterWriteMs: 10 }, ['a', 6, 'a', 3, 'a', 1, 'a'])).toBe('aa');
  expect(await asked({ expireAfterAccessMs: 10 }, ['a', 9, 'a', 9, 'a', 10, 'a'])).toBe('aa');
});

test.each(seeds(20, 200))('any cut into batches gives the rows of one batch (seed %i)', async (seed) => {
  const random = new SeededRandom(seed);
  const names = ['a', 'b', 'c', null, 'x'];
  const rows = Array.from({ length: 40 }, (_, i): Step => ['+I', random.pick(names), i]);
  const table = () => new FakeTable({ a: [1n, 2n], b: [], c: [3n] });
  const cache = random.chance(0.5) ? new LookupCache({ ...CACHING, maxKeys: 2 }, new ManualClock()) : null;
  const type = random.chance(0.5) ? 'inner' : 'left';

  const expected = await batch(new LookupJoin(spec(type), table(), null, noPause), rows);
  const join = new LookupJoin(spec(type), table(), cache, noPause);
  const given: string[] = [];
  for (let from = 0; from < rows.length; ) {
    const to = from + random.int(1, 9);
    given.push(...(await batch(join, rows.slice(from, to))));
    from = to;
  }

  expect(given).toEqual(expected);
});

test('what the table does not have is asked for again, so often and so much later, and rows keep their order', async () => {
  const table = new FakeTable({ a: [1n] });
  const cache = new LookupCache(CACHING, new ManualClock());
  const paused: number[] = [];
  const pause = async (ms: number) => {
    paused.push(ms);
    if (paused.length === 2) table.rows = { ...table.rows, b: [2n] };
  };
  const retry = { fixedDelayMs: 50, maxAttempts: 3 };
  const join = new LookupJoin(spec('left', APPENDING, null, retry), table, cache, pause);

  const first = await batch(join, [
    ['+I', 'x', 1],
    ['+I', 'b', 2],
    ['+I', 'a', 3],
  ]);

  expect(first).toEqual(['+I x1 none', '+I b2 2', '+I a3 1']);
  expect(table.asked).toEqual(['x,b,a', 'x,b', 'x,b', 'x']);
  expect(paused).toEqual([50, 50, 50]);

  // A key that was found is remembered, one that was not is asked for anew.
  table.rows = { x: [9n] };
  expect(
    await batch(join, [
      ['+I', 'b', 4],
      ['+I', 'x', 5],
    ]),
  ).toEqual(['+I b4 2', '+I x5 9']);
  expect(table.asked.at(-1)).toBe('x');
});
