import { expect, test } from 'vitest';
import { stagesText } from './planning.js';

/** How often the stages call a function. */
function callsOf(name: string, sql: string): number {
  return stagesText(sql).match(new RegExp(`step #\\d+  ${name}\\(`, 'g'))?.length ?? 0;
}

test('a condition that reads no outer column is called for the rows of the subquery, before any join', () => {
  const text = stagesText('SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND is_good(u.d))');

  expect(text).toMatch(/relational-1: scan u\n/);
  expect(text).toMatch(/python-2: filter is_good[\s\S]*reads {4}relational-1\n/);
});

test('outer rows that Python computes are computed once, and read twice', () => {
  const sql =
    'SELECT a FROM (SELECT inc(a) AS a FROM t) AS p WHERE EXISTS (SELECT 1 FROM u WHERE u.a = p.a AND is_good(u.d))';

  expect(callsOf('inc', sql)).toBe(1);
  expect(stagesText(sql)).toContain('read 2 times: written once to a file');
});

test('a subquery of what Python computes does not compute it again', () => {
  const sql =
    'SELECT (SELECT MAX(dice(u.a)) FROM u WHERE u.d < p.b) AS m FROM (SELECT inc(a) AS b FROM t) AS p';

  expect(callsOf('inc', sql)).toBe(1);
});
