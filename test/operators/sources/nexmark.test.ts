import { expect, it } from 'vitest';
import type { SqlValue } from '../../../core/index.js';
import { parseTypeText } from '../../../core/types/parse-type-text.js';
import { nexmarkRows } from '../../../operators/sources/nexmark/nexmark-source.js';

function rowsOf(
  columns: Readonly<Record<string, string>>,
  count: number,
  options: Readonly<Record<string, string>> = {},
  skipped = 0,
): SqlValue[][] {
  const rows = nexmarkRows({
    table: 'events',
    columns: Object.entries(columns).map(([name, type]) => ({ name, type: parseTypeText(type) })),
    options,
  });
  if (skipped > 0) rows.skip(skipped);
  const made = rows.next(count) as readonly (readonly SqlValue[])[];
  return Array.from({ length: count }, (_, i) => made.map((column) => column[i]!));
}

const EVENT = { event_type: 'INT', 'person.id': 'BIGINT', 'auction.id': 'BIGINT', 'bid.price': 'BIGINT' };

it('events follow from seed and number, whatever was made before', () => {
  const columns = { ...EVENT, 'bid.url': 'STRING', 'auction.expires': 'TIMESTAMP(3)' };

  const [all, rest, others] = [
    rowsOf(columns, 200),
    rowsOf(columns, 100, {}, 100),
    rowsOf(columns, 200, { seed: '1' }),
  ];

  expect(rest).toEqual(all.slice(100));
  expect(others).not.toEqual(all);
});

it('one person and three auctions come before 46 bids, each with an id of its own', () => {
  const rows = rowsOf(EVENT, 150);

  const of = (kind: number) => rows.filter(([type]) => type === kind);
  expect([0, 1, 2].map((kind) => of(kind).length)).toEqual([3, 9, 138]);
  expect(rows.slice(0, 5).map(([type]) => type)).toEqual([0, 1, 1, 1, 2]);
  expect(of(0).map((row) => row[1])).toEqual([1000n, 1001n, 1002n]);
  expect(of(1).map((row) => row[2])).toEqual([1000n, 1001n, 1002n, 1003n, 1004n, 1005n, 1006n, 1007n, 1008n]);
  expect(of(2).every((row) => row[1] === null && row[2] === null)).toBe(true);
});

it('prices lie between one dollar and a million, as many below a thousand dollars as above', () => {
  const prices = rowsOf({ 'bid.price': 'BIGINT' }, 20_000)
    .flat()
    .filter((price) => price !== null)
    .map(Number);

  expect(Math.min(...prices)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...prices)).toBeLessThanOrEqual(100_000_000);
  const low = prices.filter((price) => price < 100_000).length / prices.length;
  expect(low).toBeGreaterThan(0.48);
  expect(low).toBeLessThan(0.52);
});

it('event time moves at the rate that the options name, from the time where it begins', () => {
  const times = rowsOf(
    { 'bid.dateTime': 'TIMESTAMP(3)' },
    3,
    {
      'first-event.rate': '2000',
      'base-time': '1970-01-01 00:00:01',
      'person.proportion': '1',
      'auction.proportion': '1',
      'bid.proportion': '8',
    },
    10_005,
  );

  expect(times.flat()).toEqual([6_002_000n, 6_003_000n, 6_003_000n]);
});

it('a row has the fields that its type names, in that order', () => {
  const bid = rowsOf({ bid: 'ROW<price BIGINT, auction BIGINT>' }, 5)[4]![0];

  expect(bid).toEqual([
    rowsOf({ 'bid.price': 'BIGINT' }, 5)[4]![0],
    rowsOf({ 'bid.auction': 'BIGINT' }, 5)[4]![0],
  ]);
});

it.each([
  [{ 'event.num': '1' }, { event_type: 'INT' }, "unknown option 'event.num'."],
  [{ 'events.num': 'all' }, { event_type: 'INT' }, "Table events: option 'events.num' is 'all'."],
  [{ 'bid.avg-size': '1 kb' }, { event_type: 'INT' }, "Table events: option 'bid.avg-size' is '1 kb'."],
  [{ 'base-time': 'now' }, { event_type: 'INT' }, "Table events: option 'base-time' is 'now'."],
  [
    { 'keep-alive': 'true' },
    { event_type: 'INT' },
    "option 'keep-alive' = 'true' would change the result and is not supported.",
  ],
  [{}, { event_kind: 'INT' }, "connector 'nexmark' has no column 'event_kind'."],
  [{}, { bid: 'ROW<prices BIGINT>' }, "connector 'nexmark' has no column 'prices'."],
  [{}, { bid: 'ROW<price INT>' }, "column 'price' is declared as INT; connector 'nexmark' gives BIGINT."],
  [{}, { bid: 'BIGINT' }, "column 'bid' is declared as BIGINT; connector 'nexmark' gives ROW<…>."],
])('options %j over %j are refused', (options, columns, message) => {
  expect(() =>
    rowsOf(columns as unknown as Record<string, string>, 1, options as unknown as Record<string, string>),
  ).toThrow(message);
});
