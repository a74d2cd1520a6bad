import { expect, test } from 'vitest';
import { type DataType, type SqlValue, types } from '../../../core/index.js';
import { accumulatorOf } from '../../../operators/streaming/aggregates/make-accumulator.js';
import { callOf } from './rows.js';

const int = types.int();
const double = types.double();
const decimal = types.decimal(10, 2);

/** Values come in this order; those under `gone` go again. */
function result(
  name: string,
  type: DataType,
  values: readonly SqlValue[],
  {
    gone = [],
    of = type,
    distinct = false,
  }: { gone?: readonly SqlValue[]; of?: DataType; distinct?: boolean } = {},
): SqlValue {
  const call = callOf(name, 0, type, { argumentTypes: [of], distinct });
  const accumulator = accumulatorOf(call, true)();
  for (const value of values) accumulator.add([value]);
  for (const value of gone) accumulator.retract([value]);
  return accumulator.result();
}

test('PERCENTILE interpolates between values that are left, of one share or of several, and goes on from what it saved', () => {
  const made = accumulatorOf(callOf('PERCENTILE', 0, double, { argumentTypes: [double, double] }), true);
  const one = made();
  const several = made();
  const shares = [0, 0.25, 1];
  for (const value of [9, null, 3, 7, 2, 3]) {
    one.add([value, 0.3]);
    several.add([value, shares]);
  }
  for (const accumulator of [one, several]) accumulator.retract([7]);
  const restored = made();
  restored.load(one.save());
  restored.retract([3]);

  expect(one.result()).toBe(2.9);
  expect(several.result()).toEqual([2, 2.75, 9]);
  expect(restored.result()).toBe(2.5999999999999996);
  expect(made().result()).toBeNull();
});

test('PERCENTILE counts a value as often as its frequency says, and not at all where that is NULL or negative', () => {
  const types = [double, double, int];
  const made = accumulatorOf(callOf('PERCENTILE', 0, double, { argumentTypes: types }), true)();
  for (const row of [
    [1, 0.5, 3],
    [9, 0.5, null],
    [9, 0.5, -4],
    [4, 0.5, 2],
    [2, 0.5, 2],
  ]) {
    made.add(row);
  }
  expect(made.result()).toBe(2);
  made.retract([1, 0.5, 3]);
  made.retract([9, 0.5, -4]);

  expect(made.result()).toBe(3);
});

test.each<[string, DataType, SqlValue[], SqlValue]>([
  ['COUNT', types.bigint(), [1, null, 1], 2n],
  ['SUM', int, [1, null, 2], 3],
  ['SUM', int, [2_147_483_647, 1], -2_147_483_648],
  ['SUM', types.bigint(), [9_223_372_036_854_775_807n, 1n], -9_223_372_036_854_775_808n],
  ['SUM', double, [0.5, 0.25], 0.75],
  ['SUM', int, [null], null],
  ['AVG', int, [1, 2], 1],
  ['AVG', int, [-1, -2], -1],
  ['AVG', double, [1, 2], 1.5],
  ['MIN', int, [3, null, 2, 5], 2],
  ['MAX', double, [1, Number.NaN, 2], Number.NaN],
  ['MAX', types.string(), ['a', '\u{1F600}', '\uFFFD'], '\u{1F600}'],
  ['MIN', decimal, ['10.00', '9.50'], '9.50'],
  ['FIRST_VALUE', int, [null, 4, 5], 4],
  ['LAST_VALUE', int, [4, 5, null], 5],
  ['LISTAGG', types.string(), ['x', null, 'y'], 'x,y'],
  ['ARRAY_AGG', int, [2, null, 1], [2, null, 1]],
  [
    'COLLECT',
    int,
    [2, 1, 2, null],
    [
      [2, 2],
      [1, 1],
    ],
  ],
  ['VAR_POP', int, [1, 2, 4], 1],
  ['VAR_SAMP', int, [2, 1], 0],
  ['STDDEV_SAMP', int, [10, 5, 3, 4, 2], 3],
  ['STDDEV_SAMP', double, [1, 2, 3], 1],
  ['STDDEV_SAMP', double, [1], null],
])('%s of %o', (name, type, values, expected) => {
  expect(result(name, type, values)).toStrictEqual(expected);
});

test('the sum of decimals keeps their scale, the average has six places and rounds half up', () => {
  const sum = types.decimal(38, 2);
  expect(result('SUM', sum, ['1.25', '-0.50', null], { of: decimal })).toBe('0.75');
  expect(result('AVG', types.decimal(38, 6), ['1.00', '1.00', '0.00'], { of: decimal })).toBe('0.666667');
});

test('deviations of decimals have six places, and those of large integers end at the largest', () => {
  const six = types.decimal(38, 6);
  const values = ['1.50', '2.25', '7.30', '9.99', null];
  const of = { of: decimal, gone: ['9.99'] };
  expect(result('VAR_SAMP', six, values, of)).toBe('9.950833');
  expect(result('STDDEV_POP', six, values, of)).toBe('2.575634');
  expect(result('VAR_SAMP', int, [100_000, 200_000, 150_000])).toBe(2_147_483_647);
  expect(result('VAR_POP', types.tinyint(), [100, 50, 7])).toBe(-92);
});

test.each<[string, DataType, SqlValue[], SqlValue[], SqlValue]>([
  ['COUNT', types.bigint(), [1, 2, 3], [1], 2n],
  ['SUM', int, [1, 2, 3], [2], 4],
  ['AVG', double, [1, 2, 6], [6], 1.5],
  ['MAX', int, [1, 7, 7, 3], [7, 7], 3],
  ['MIN', int, [1], [1], null],
  ['FIRST_VALUE', int, [1, 2, 3], [1], 2],
  ['LAST_VALUE', int, [1, 2, 2], [2], 2],
  ['LISTAGG', types.string(), ['a', 'b', 'a'], ['a'], 'b,a'],
  ['COLLECT', int, [1, 1, 2], [1, 2], [[1, 1]]],
  ['STDDEV_POP', double, [1, 3, 100], [100], 1],
])('%s of %2$o after %3$o went', (name, type, values, gone, expected) => {
  expect(result(name, type, values, { gone })).toStrictEqual(expected);
});

test('a value counts once with DISTINCT, and until the last of it has gone', () => {
  expect(result('SUM', int, [5, 5, 2], { distinct: true })).toBe(7);
  expect(result('SUM', int, [5, 5, 2], { distinct: true, gone: [5] })).toBe(7);
  expect(result('SUM', int, [5, 5, 2], { distinct: true, gone: [5, 5] })).toBe(2);
});

/** The result after each of the rows, whose arguments are these. */
const soFar = (name: string, rows: readonly (readonly SqlValue[])[]) => {
  const make = accumulatorOf(callOf(name, 0, int), false);
  const accumulator = make();
  return rows.map((values, i) => {
    accumulator.add(values);
    if (i > 0) return accumulator.result();
    const restored = make();
    restored.load(accumulator.save());
    return restored.result();
  });
};

test('LAG looks back over as many rows as it says, NULLs included', () => {
  const values = [5, 7, null, 2, 4];
  const lags = (...more: SqlValue[]) =>
    soFar(
      'LAG',
      values.map((value) => [value, ...more]),
    ).slice(1);
  expect(lags()).toEqual([5, 7, null, 2]);
  expect(lags(2n, 99)).toEqual([99, 5, 7, null]);
  expect(lags(0)).toEqual([7, null, 2, 4]);
});

test('of rows that only come the first and the last value are kept, and no others', () => {
  const rows = [[null], [5], [7], [null]];
  expect(soFar('FIRST_VALUE', rows)).toEqual([null, 5, 5, 5]);
  expect(soFar('LAST_VALUE', rows)).toEqual([null, 5, 7, 7]);
  const last = accumulatorOf(callOf('LAST_VALUE', 0, int), false)();
  for (const values of rows) last.add(values);
  expect(last.save()).toEqual([[7]]);
});

test('rows of one time have one rank, and the next one counts them or not', () => {
  const times = [10n, 10n, 20n, 30n, 30n].map((time) => [time]);
  expect(soFar('RANK', times)).toEqual([1n, 1n, 3n, 4n, 4n]);
  expect(soFar('DENSE_RANK', times)).toEqual([1n, 1n, 2n, 3n, 3n]);
});
