import { expect, test } from 'vitest';
import type { SqlValue } from '../../../core/batch/value.js';
import { compile } from '../../../core/evaluate/evaluate.js';
import { addTable, bind, testCatalog } from '../graph/planning.js';

const COLUMNS = {
  i: 'INT',
  j: 'INT',
  l: 'BIGINT',
  x: 'DOUBLE',
  s: 'STRING',
  p: 'BOOLEAN',
  d: 'DECIMAL(10, 2)',
  ts: 'TIMESTAMP(3)',
};
type Values = Partial<Record<keyof typeof COLUMNS, SqlValue>>;

/** The value of an expression over one row; undefined where it is left to DuckDB. */
function evaluated(sql: string, values: Values = {}): SqlValue | undefined {
  const catalog = testCatalog();
  addTable(catalog, 'e', COLUMNS);
  const [query] = bind(`SELECT ${sql} FROM e`, catalog);
  const { root } = query!;
  if (root.kind !== 'project') throw new Error(`${root.kind} is no projection`);
  const { columns } = root.input;
  const evaluate = compile(root.expressions[0]!, (id) => columns.findIndex((column) => column.id === id));
  const row = columns.map(({ name }) => values[name as keyof Values] ?? null);
  return evaluate === null ? undefined : evaluate(row);
}

const MOMENT = 1_700_000_000_123_000n;

test.each<[string, Values, SqlValue]>([
  ['i + j', { i: 2_147_483_647, j: 1 }, -2_147_483_648],
  ['i * l', { i: 3, l: 4n }, 12n],
  ['l - 1', { l: -9_223_372_036_854_775_808n }, 9_223_372_036_854_775_807n],
  ['x + i', { x: 0.5, i: 1 }, 1.5],
  ['0.5 * x - d', { x: 3, d: '0.25' }, 1.25],
  ['i + j', { i: 1 }, null],
  ['i = l', { i: 3, l: 3n }, true],
  ['x > l', { x: Number.NaN, l: 5n }, false],
  ['x <= l', { x: Number.NaN, l: 5n }, false],
  ['x <> l', { x: Number.NaN, l: 5n }, true],
  ["s < 'b'", { s: 'a' }, true],
  ['x > 0.1', { x: 0.1 }, false],
  ['x > 0.1', { x: 0.100_000_000_000_000_02 }, true],
  ['d < x', { d: '10.50', x: Number.NaN }, false],
  ['d = x', { d: '10.50', x: 10.5 }, true],
  ['d >= d', { d: '10.50' }, true],
  ["s = 'a'", {}, null],
  ['p AND i = 1', { p: false }, false],
  ['p AND i = 1', { i: 1 }, null],
  ['p OR i = 1', { i: 1 }, true],
  ['NOT p', {}, null],
  ['p IS NOT TRUE', {}, true],
  ['s IS NULL', { s: '' }, false],
  ["CASE WHEN i > 5 THEN 'big' WHEN i > 1 THEN 'mid' END", { i: 3 }, 'mid'],
  ["CASE WHEN i > 5 THEN 'big' END", {}, null],
  ['CAST(i AS BIGINT)', { i: 7 }, 7n],
  ['CAST(i AS DOUBLE)', { i: 7 }, 7],
  ["ts + INTERVAL '1' MINUTE", { ts: MOMENT }, MOMENT + 60_000_000n],
  ["ts - INTERVAL '0.5' SECOND", { ts: MOMENT }, MOMENT - 500_000n],
  ["ts > TIMESTAMP '2023-11-14 22:13:20'", { ts: MOMENT }, true],
  ["TIMESTAMP '1900-03-01 00:00:00' < TIMESTAMP '1900-02-28 23:59:59.999'", {}, false],
])('%s over %o', (sql, values, expected) => {
  expect(evaluated(sql, values)).toStrictEqual(expected);
});

test.each(['i / j', 'UPPER(s)', 'CAST(x AS INT)', 'CAST(s AS INT)', 'd + 1', 'i = d', 'inc(l)'])(
  '%s is left to those who know it',
  (sql) => {
    expect(evaluated(sql)).toBeUndefined();
  },
);
