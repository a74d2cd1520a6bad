import { expect, test } from 'vitest';
import { isTimeAttribute } from '../../../core/plan/time-attribute.js';
import { addTable, bind, testCatalog } from '../graph/planning.js';

const catalog = testCatalog();
const COLUMNS = { id: 'BIGINT', ts: 'TIMESTAMP(3)' };
addTable(catalog, 'orders', COLUMNS, undefined, 'ts');
addTable(catalog, 'payments', { ...COLUMNS, paid: '= ts' }, undefined, 'paid');

/** True where the first column that a query gives is event time. */
function keepsTime(sql: string): boolean {
  const [query] = bind(sql, catalog);
  return isTimeAttribute(query!.root, query!.root.columns[0]!.id);
}

test.each([
  ['the column of a WATERMARK, also a computed one', 'SELECT paid FROM payments'],
  ['a rename', 'SELECT x FROM (SELECT ts AS x FROM orders) WHERE x IS NOT NULL'],
  ['UNION ALL of event times', 'SELECT ts FROM orders UNION ALL SELECT paid FROM payments'],
  [
    'a join bounded from both sides',
    "SELECT o.ts FROM orders o JOIN payments p ON o.id = p.id AND p.paid BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR",
  ],
  [
    'the same bound in WHERE',
    'SELECT o.ts FROM orders o, payments p WHERE o.id = p.id AND o.ts <= p.paid AND o.ts >= p.paid',
  ],
  ['a join at equal times', 'SELECT p.paid FROM orders o JOIN payments p ON o.ts = p.paid'],
  ['a semi join', 'SELECT ts FROM orders WHERE id IN (SELECT id FROM payments)'],
  [
    'window_time, also grouped by',
    "SELECT window_time, COUNT(*) FROM TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' DAY) GROUP BY window_start, window_end, window_time",
  ],
])('%s keeps event time', (_, sql) => {
  expect(keepsTime(sql)).toBe(true);
});

test.each([
  ['a plain timestamp', 'SELECT ts FROM payments'],
  ['a computed value', "SELECT ts + INTERVAL '1' SECOND FROM orders"],
  ['a join without bounds in time', 'SELECT o.ts FROM orders o JOIN payments p ON o.id = p.id'],
  ['a join bounded from one side', 'SELECT o.ts FROM orders o JOIN payments p ON o.ts < p.paid'],
  ['UNION ALL with a plain timestamp', 'SELECT ts FROM orders UNION ALL SELECT ts FROM payments'],
  ['an aggregate', 'SELECT MAX(ts) FROM orders'],
])('%s is no event time', (_, sql) => {
  expect(keepsTime(sql)).toBe(false);
});

test('in streaming mode a window needs a time attribute, in batch any timestamp will do', () => {
  const sql = "SELECT * FROM TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' DAY)";
  expect(bind(sql, catalog)).toHaveLength(1);
  expect(() => bind(sql, catalog, undefined, true)).toThrow(
    'TUMBLE requires a time attribute in streaming mode, but this is only TIMESTAMP(3).',
  );
});

test.each([
  ['ORDER BY ts DESC', 'In streaming mode ORDER BY takes its time attribute ascending only.'],
  ['ORDER BY id', 'this is a non-time-attribute field'],
])('in streaming mode %s is refused', (order, message) => {
  expect(() => bind(`SELECT id, ts FROM orders ${order}`, catalog, undefined, true)).toThrow(message);
});

test('in streaming mode rows may be sorted by ascending event time, or with LIMIT', () => {
  expect(bind('SELECT id FROM orders ORDER BY ts, id', catalog, undefined, true)).toHaveLength(1);
  expect(bind('SELECT id FROM orders ORDER BY id LIMIT 3', catalog, undefined, true)).toHaveLength(1);
});

test.each([
  ['LEAD(id) OVER (ORDER BY ts)', 'LEAD sees rows to come'],
  ['NTILE(2) OVER (ORDER BY ts)', 'NTILE sees rows to come'],
  ['SUM(id) OVER (ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)', 'A frame with FOLLOWING'],
  ['SUM(id) OVER (ORDER BY ts DESC)', 'OVER takes its time attribute ascending only'],
  ['SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)', 'ordered by a time attribute only'],
  ['COUNT(*) OVER (ORDER BY ts), SUM(id) OVER (PARTITION BY id ORDER BY ts)', 'have the same window'],
  ['COUNT(*) OVER (ORDER BY PROCTIME() DESC)', 'OVER takes its time attribute ascending only'],
  ['COUNT(*) OVER (ORDER BY PROCTIME(), id)', 'OVER is ordered by a single time column'],
  ['SUM(id) OVER (ORDER BY ts ROWS CURRENT ROW)', 'A frame of CURRENT ROW alone'],
])('in streaming mode %s is refused', (call, message) => {
  const sql = `SELECT ${call} FROM orders`;
  expect(() => bind(sql, catalog, undefined, true)).toThrow(message);
  expect(bind(sql, catalog)).toHaveLength(1);
});

test.each([
  ['RANK', 'rn <= 2', 'RANK() ranks no stream'],
  ['ROW_NUMBER', 'rn > 2', 'The end of the ranking is not said'],
])('in streaming mode %s with %s is refused', (call, bound, message) => {
  const ranked = `SELECT id, ${call}() OVER (PARTITION BY id ORDER BY ts) AS rn FROM orders`;
  expect(() => bind(`SELECT id FROM (${ranked}) WHERE ${bound}`, catalog, undefined, true)).toThrow(message);
});

test('in streaming mode OVER and Top-N of rows so far are taken', () => {
  const taken = [
    'SELECT SUM(id) OVER w, COUNT(*) OVER w FROM orders WINDOW w AS (PARTITION BY id ORDER BY ts ROWS 2 PRECEDING)',
    'SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS rn FROM orders) WHERE rn <= 2',
    'SELECT ROW_NUMBER() OVER (PARTITION BY id ORDER BY id) FROM orders',
    'SELECT SUM(id) OVER (ORDER BY PROCTIME() ROWS 2 PRECEDING) FROM orders',
    'SELECT id FROM orders ORDER BY PROCTIME(), id',
  ];
  for (const sql of taken) expect(bind(sql, catalog, undefined, true)).toHaveLength(1);
});
