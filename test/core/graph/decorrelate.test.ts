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

test('a LATERAL query that computes from its row alone adds columns to it', () => {
  const text = stagesText(
    'SELECT a, g FROM t, LATERAL (SELECT f + 1 AS g FROM (SELECT inc(t.a) AS f) AS x WHERE f > 2)',
  );

  expect(text).not.toContain('join');
  expect(text).not.toContain('distinct');
});

test('a LATERAL query over a table with conditions is a join on them, in streams too', () => {
  const sql = 'SELECT n, d FROM ticks, LATERAL (SELECT d FROM u WHERE u.a = n)';

  expect(stagesText(sql, 'streaming')).not.toContain('distinct');
});

test('a LATERAL query that aggregates is computed once for the distinct values it reads', () => {
  const text = stagesText(
    'SELECT b, s FROM t, LATERAL (SELECT total(inc(d + t.c)) AS s FROM u WHERE u.a > t.c)',
  );

  expect(text).toMatch(/distinct\n\s+project \[c_\d+ = c_\d+\]/);
  expect(callsOf('inc', 'SELECT s FROM t, LATERAL (SELECT total(inc(d + t.c)) AS s FROM u)')).toBe(1);
});
