import { describe, expect, it } from 'vitest';
import { joinedSiblings, parseScript } from '../../../core/index.js';

const joined = (sql: string) => {
  const [statement] = parseScript(sql);
  return joinedSiblings(sql, statement!, (name) => name === 'mean');
};

describe('a Python aggregate beside built-in ones', () => {
  it('is computed in a grouping of its own, joined by keys that may be NULL', () => {
    const sql = `INSERT INTO o SELECT k, mean(x) AS m, COUNT(*) FROM t WHERE x > 0 GROUP BY k HAVING COUNT(*) > 1;`;
    const { text, calls } = joined(sql)!;
    expect(text).toBe(
      `INSERT INTO o SELECT built_in.k0 AS \`k\`, python_udaf.a0 AS \`m\`, built_in.a0 AS \`EXPR$2\`
FROM (SELECT k AS k0, COUNT(*) AS a0 FROM t WHERE x > 0 GROUP BY k) AS built_in
JOIN (SELECT k AS k0, mean(x) AS a0 FROM t WHERE x > 0 GROUP BY k) AS python_udaf
ON built_in.k0 IS NOT DISTINCT FROM python_udaf.k0
WHERE built_in.a0 > 1`,
    );
    expect(calls.map(({ start, end }) => sql.slice(start, end))).toEqual(['mean(x)']);
    expect(parseScript(text)).toHaveLength(1);
  });

  it('of all rows needs no keys', () => {
    expect(
      joined('SELECT mean(x), MAX(y) FROM t')!.text,
    ).toBe(`SELECT python_udaf.a0 AS \`EXPR$0\`, built_in.a0 AS \`EXPR$1\`
FROM (SELECT MAX(y) AS a0 FROM t) AS built_in
CROSS JOIN (SELECT mean(x) AS a0 FROM t) AS python_udaf`);
  });

  it('keeps what stands around: a subquery, ORDER BY of a column, keys that are computed', () => {
    const { text } = joined(
      'SELECT q.m FROM (SELECT MOD(k, 2) AS r, mean(x) AS m, SUM(y) AS s FROM t GROUP BY MOD(k, 2) ORDER BY r) AS q',
    )!;
    expect(text).toMatch(/^SELECT q\.m FROM \(SELECT built_in\.k0 AS `r`, [\s\S]* ORDER BY r\) AS q$/);
    expect(text).toContain('SELECT MOD(k, 2) AS k0, SUM(y) AS a0 FROM t GROUP BY MOD(k, 2)');
  });

  it.each([
    'SELECT mean(x) FROM t',
    'SELECT COUNT(*) FROM t',
    'SELECT mean(x), COUNT(*) FROM t GROUP BY ROLLUP(k)',
    'SELECT DISTINCT mean(x), COUNT(*) FROM t',
    'SELECT t.k, mean(x), COUNT(*) FROM t GROUP BY k',
    'SELECT mean(x), COUNT(*), (SELECT 1) FROM t',
    'SELECT mean(x), COUNT(*) FROM t GROUP BY k ORDER BY k',
    'SELECT mean(x) AS m, COUNT(*) FROM t GROUP BY k ORDER BY COUNT(*)',
    'SELECT mean(x), RANK() OVER (ORDER BY COUNT(*)) FROM t GROUP BY k',
  ])('is left as it is: %s', (sql) => {
    expect(joined(sql)).toBeNull();
  });
});
