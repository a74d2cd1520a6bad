import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../operators/index.js';
import { openSqlSession } from './sql-session.js';

/** Functions of `counted.py` write down their calls beside themselves: in a folder of this run. */
let folder = '';
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-calls-'));
  await copyFile(fileURLToPath(new URL('counted.py', import.meta.url)), join(folder, 'counted.py'));
  session = await openSqlSession(folder, folder, 'batch');
  const names = ['counted', 'even', 'added', 'fresh', 'up_to', 'summed'];
  await run(
    ...names.map((name) => `CREATE TEMPORARY FUNCTION ${name} AS 'counted.${name}' LANGUAGE PYTHON`),
    'CREATE TEMPORARY VIEW n AS SELECT CAST(v AS BIGINT) AS v FROM (VALUES (1), (2), (3), (4)) AS t(v)',
    `CREATE TEMPORARY VIEW d AS SELECT CAST(k AS BIGINT) AS k, CAST(x AS BIGINT) AS x
     FROM (VALUES (1, 10), (1, 20), (2, 30)) AS t(k, x)`,
    'CREATE TEMPORARY VIEW computed AS SELECT v, counted(v) AS c FROM n',
    `CREATE TABLE sink (v BIGINT, c BIGINT) WITH ('connector' = 'filesystem', 'path' = '${folder}/out', 'format' = 'csv')`,
  );
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

async function run(...statements: string[]): Promise<void> {
  for await (const result of session.execute(statements.join(';\n'))) {
    if (result.kind === 'rows') for await (const _ of result.batches());
  }
}

/** What was called while a query ran, sorted: `counted 1`. */
async function callsOf(sql: string): Promise<string[]> {
  const file = join(folder, 'calls');
  await rm(file, { force: true });
  await run(sql);
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1).sort();
}

const of = (name: string, ...values: readonly (number | string)[]) =>
  values.map((value) => `${name} ${value}`);
const ALL = of('counted', 1, 2, 3, 4);

const POSITIONS: readonly (readonly [position: string, sql: string, calls: readonly string[]])[] = [
  ['SELECT', 'SELECT counted(v) FROM n', ALL],
  ['SELECT, inside of expressions', 'SELECT counted(v) * 2 + 1 FROM n', ALL],
  [
    'SELECT, below another call',
    'SELECT added(counted(v), v) FROM n',
    [...of('added', '2 1', '3 2', '4 3', '5 4'), ...ALL],
  ],
  ['WHERE', 'SELECT v FROM n WHERE counted(v) > 3', ALL],
  [
    'WHERE, after the conditions without Python',
    'SELECT v FROM n WHERE counted(v) > 3 AND v > 2',
    of('counted', 3, 4),
  ],
  [
    'WHERE, one condition after the other',
    'SELECT v FROM n WHERE even(v) AND counted(v) > 0',
    [...of('counted', 2, 4), ...of('even', 1, 2, 3, 4)],
  ],
  ['beside > ALL of a query', 'SELECT v FROM n WHERE counted(v) >= ALL (SELECT x FROM d)', ALL],
  ['in the query of > ANY', 'SELECT v FROM n WHERE v > ANY (SELECT counted(v) FROM n)', ALL],
  [
    'beside > ALL of a correlated query',
    'SELECT v FROM n WHERE counted(v) > ALL (SELECT x FROM d WHERE k = v)',
    of('counted', 1, 2),
  ],
  [
    'in the query of <> ANY that is correlated',
    'SELECT v FROM n WHERE v <> ANY (SELECT counted(x) FROM d WHERE k = v)',
    of('counted', 10, 20, 30),
  ],
  ['WHERE and SELECT', 'SELECT counted(v) FROM n WHERE counted(v) > 3', ALL],
  ['the branch of CASE', 'SELECT CASE WHEN v > 2 THEN counted(v) ELSE 0 END FROM n', of('counted', 3, 4)],
  [
    'the condition of CASE',
    'SELECT CASE WHEN v > 3 THEN 0 WHEN even(v) THEN 1 ELSE 2 END FROM n',
    of('even', 1, 2, 3),
  ],
  [
    'both branches of CASE',
    'SELECT CASE WHEN v > 2 THEN counted(v) ELSE added(v, v) END FROM n',
    [...of('added', '1 1', '2 2'), ...of('counted', 3, 4)],
  ],
  ['COALESCE', 'SELECT COALESCE(NULLIF(v, 2), counted(v)) FROM n', of('counted', 2)],
  ['AND', 'SELECT v > 2 AND even(v) FROM n', of('even', 3, 4)],
  ['OR', 'SELECT v > 2 OR even(v) FROM n', of('even', 1, 2)],
  ['JOIN ON, of one side', 'SELECT n.v FROM n JOIN d ON n.v = d.k AND even(d.x)', of('even', 10, 20, 30)],
  ['JOIN ON, as a key', 'SELECT n.v FROM n JOIN d ON counted(n.v) = d.k', ALL],
  [
    'JOIN ON, of both sides',
    'SELECT n.v FROM n JOIN d ON n.v = d.k AND added(n.v, d.x) > 15',
    of('added', '1 10', '1 20', '2 30'),
  ],
  [
    'LEFT JOIN ON, of both sides',
    'SELECT n.v FROM n LEFT JOIN d ON n.v = d.k AND added(n.v, d.x) > 15',
    of('added', '1 10', '1 20', '2 30'),
  ],
  [
    'FULL JOIN ON, of both sides',
    'SELECT n.v FROM n FULL JOIN d ON n.v = d.k AND added(n.v, d.x) > 15',
    of('added', '1 10', '1 20', '2 30'),
  ],
  ['GROUP BY', 'SELECT counted(v), COUNT(*) FROM n GROUP BY counted(v)', ALL],
  ['GROUP BY ROLLUP', 'SELECT counted(v), COUNT(*) FROM n GROUP BY ROLLUP (counted(v))', ALL],
  ['an aggregate', 'SELECT SUM(counted(v)), MAX(counted(v)) FROM n', ALL],
  ['an aggregate with FILTER', 'SELECT SUM(counted(v)) FILTER (WHERE v > 2) FROM n', of('counted', 3, 4)],
  ['a Python aggregate', 'SELECT summed(counted(v)) FROM n', [...ALL, ...of('summed', 2, 3, 4, 5)]],
  ['a Python aggregate of distinct values', 'SELECT summed(DISTINCT k) FROM d', of('summed', 1, 2)],
  [
    'a Python aggregate, twice',
    'SELECT k, summed(x), summed(x) + 1 FROM d GROUP BY k HAVING summed(x) > 0',
    of('summed', 10, 20, 30),
  ],
  ['HAVING, over the key', 'SELECT k FROM d GROUP BY k HAVING counted(k) > 0', of('counted', 1, 2)],
  [
    'HAVING, over an aggregate',
    'SELECT k FROM d GROUP BY k HAVING counted(SUM(x)) > 0',
    of('counted', 30, 30),
  ],
  [
    'HAVING and SELECT',
    'SELECT k, SUM(counted(x)) FROM d GROUP BY k HAVING SUM(counted(x)) > 0',
    of('counted', 10, 20, 30),
  ],
  ['ORDER BY', 'SELECT v FROM n ORDER BY counted(v) DESC', ALL],
  ['ORDER BY and SELECT', 'SELECT counted(v) AS c FROM n ORDER BY counted(v), c', ALL],
  ['the argument of OVER', 'SELECT SUM(counted(v)) OVER (ORDER BY v) FROM n', ALL],
  [
    'the keys of OVER',
    'SELECT COUNT(*) OVER (PARTITION BY even(v) ORDER BY counted(v)) FROM n',
    [...ALL, ...of('even', 1, 2, 3, 4)],
  ],
  [
    'above OVER',
    'SELECT counted(r) FROM (SELECT ROW_NUMBER() OVER (ORDER BY v) AS r FROM n) WHERE r < 3',
    of('counted', 1, 2),
  ],
  ['the value of an IN list', 'SELECT v FROM n WHERE counted(v) IN (2, 3)', ALL],
  ['the list of IN', 'SELECT v IN (counted(v), 2) FROM n WHERE v < 3', of('counted', 1, 2)],
  ['BETWEEN', 'SELECT v FROM n WHERE counted(v) BETWEEN 2 AND 3', ALL],
  [
    'an uncorrelated scalar subquery',
    'SELECT v FROM n WHERE v < (SELECT MAX(counted(k)) FROM d)',
    of('counted', 1, 1, 2),
  ],
  ['an uncorrelated IN', 'SELECT v FROM n WHERE v IN (SELECT counted(k) FROM d)', of('counted', 1, 1, 2)],
  ['the outer side of IN', 'SELECT v FROM n WHERE counted(v) IN (SELECT k FROM d)', ALL],
  [
    'a correlated EXISTS',
    'SELECT v FROM n WHERE EXISTS (SELECT 1 FROM d WHERE d.k = n.v AND even(d.x))',
    of('even', 10, 20, 30),
  ],
  [
    'a correlated aggregate',
    'SELECT (SELECT SUM(counted(x)) FROM d WHERE d.k = n.v) FROM n',
    of('counted', 10, 20, 30),
  ],
  [
    'a correlated call of both queries',
    'SELECT (SELECT SUM(added(n.v, d.x)) FROM d WHERE d.k = n.v) FROM n',
    of('added', '1 10', '1 20', '2 30'),
  ],
  [
    'a subquery that outer rows share',
    'SELECT (SELECT SUM(added(a.k, n.v)) FROM n WHERE n.v = a.k) FROM d AS a',
    of('added', '1 1', '2 2'),
  ],
  ['a view', 'SELECT c FROM computed WHERE v > 2', of('counted', 3, 4)],
  ['a view, a column that nobody reads', 'SELECT v FROM computed', []],
  [
    'a common table read twice',
    'WITH c AS (SELECT v, counted(v) AS w FROM n) SELECT a.w FROM c AS a JOIN c AS b ON a.w = b.v',
    ALL,
  ],
  [
    'UNION ALL',
    'SELECT counted(v) FROM n UNION ALL SELECT added(k, x) FROM d',
    [...of('added', '1 10', '1 20', '2 30'), ...ALL],
  ],
  ['UNION', 'SELECT counted(v) FROM n UNION SELECT counted(k) FROM d', of('counted', 1, 1, 1, 2, 2, 3, 4)],
  ['EXCEPT', 'SELECT v FROM n EXCEPT SELECT counted(k) FROM d', of('counted', 1, 1, 2)],
  ['DISTINCT', 'SELECT DISTINCT counted(k) FROM d', of('counted', 1, 1, 2)],
  ['INSERT', 'INSERT INTO sink SELECT v, counted(v) FROM n', ALL],
  ['INSERT of VALUES', 'INSERT INTO sink VALUES (1, counted(7)), (2, 3)', of('counted', 7)],
  [
    'a statement set that reads a view in both',
    `EXECUTE STATEMENT SET BEGIN
    INSERT INTO sink SELECT v, counted(v) FROM n; INSERT INTO sink SELECT v, added(v, v) FROM n WHERE v = 1; END`,
    [...of('added', '1 1'), ...ALL],
  ],
  [
    'a statement set that does the same in both',
    'EXECUTE STATEMENT SET BEGIN INSERT INTO sink SELECT v, counted(v) FROM n; INSERT INTO sink SELECT v, counted(v) FROM n; END',
    ALL,
  ],
  ['LIMIT after ORDER BY', 'SELECT counted(v) FROM n ORDER BY v LIMIT 2', of('counted', 1, 2)],
  ['LIMIT and OFFSET', 'SELECT counted(v) FROM n ORDER BY v LIMIT 2 OFFSET 1', of('counted', 2, 3)],
  [
    'LIMIT of a subquery',
    'SELECT counted(v) FROM (SELECT v FROM n ORDER BY v DESC LIMIT 1)',
    of('counted', 4),
  ],
  [
    'the argument of a table function',
    'SELECT f.i FROM n, LATERAL TABLE(up_to(counted(v))) AS f(i) WHERE v < 3',
    [...of('counted', 1, 2), ...of('up_to', 2, 3)],
  ],
  [
    'a table function',
    'SELECT f.i FROM d LEFT JOIN LATERAL TABLE(up_to(k)) AS f(i) ON TRUE',
    of('up_to', 1, 1, 2),
  ],
  ['QUALIFY', 'SELECT v FROM n QUALIFY ROW_NUMBER() OVER (ORDER BY counted(v)) = 1', ALL],
  ['arguments that are NULL', 'SELECT counted(NULLIF(v, 2)) FROM n', of('counted', 1, 3, 4)],
];

describe('a function is called exactly once for each row that needs it', () => {
  it.each(POSITIONS)('in %s', async (_, sql, calls) => {
    expect(await callsOf(sql)).toEqual([...calls].sort());
  });
});

const TWICE: readonly (readonly [shape: string, sql: string])[] = [
  ['in SELECT', 'SELECT fresh(v), fresh(v) FROM n WHERE v < 3'],
  ['in one expression', 'SELECT fresh(v) + fresh(v) FROM n WHERE v < 3'],
  ['in WHERE and SELECT', 'SELECT fresh(v) FROM n WHERE v < 3 AND fresh(v) > 0'],
  ['in aggregates', 'SELECT SUM(fresh(v)), MAX(fresh(v)) FROM n WHERE v < 3'],
];

describe('a function that is not deterministic is called once for each place it is written', () => {
  it.each(TWICE)('%s', async (_, sql) => {
    expect(await callsOf(sql)).toEqual(of('fresh', 1, 1, 2, 2));
  });

  it('and not again where its result is read twice', async () => {
    const sql = 'SELECT a, a + 1 FROM (SELECT fresh(v) AS a FROM n WHERE v < 3) WHERE a > 0';

    expect(await callsOf(sql)).toEqual(of('fresh', 1, 2));
  });
});

it('LIMIT without ORDER BY runs a function over as many rows as it gives', async () => {
  expect(await callsOf('SELECT counted(v) FROM n LIMIT 2')).toHaveLength(2);
});
