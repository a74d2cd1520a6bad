import { expect, test } from 'vitest';
import { upsertKeys } from '../../../core/plan/upsert-keys.js';
import { addTable, bind, testCatalog } from '../graph/planning.js';

/** The keys of a query by the names of its columns. */
function keysOf(sql: string): string[] {
  const catalog = testCatalog();
  addTable(catalog, 'p', { id: 'BIGINT', v: 'INT', w: 'INT' }, { connector: 'datagen' }, undefined, ['id']);
  addTable(catalog, 'q', { id: 'BIGINT', v: 'INT' }, { connector: 'datagen' }, undefined, ['id']);
  const [query] = bind(sql, catalog);
  const names = new Map(query!.root.columns.map(({ id, name }) => [id, name]));
  return upsertKeys(query!.root).map((key) => key.map((id) => names.get(id)).join(' '));
}

test.each<[string, string[]]>([
  ['SELECT c, a, COUNT(*) FROM t GROUP BY a, c', ['a c']],
  ['SELECT COUNT(*) AS n FROM t', ['']],
  ['SELECT CAST(c AS BIGINT) AS c, n FROM (SELECT c, COUNT(*) AS n FROM t GROUP BY c) WHERE n < 3', ['c']],
  ['SELECT UPPER(b) AS b, n FROM (SELECT b, COUNT(*) AS n FROM t GROUP BY b)', []],
  ['SELECT CAST(a AS INT) AS a, n FROM (SELECT a, COUNT(*) AS n FROM t GROUP BY a)', []],
  ['SELECT DISTINCT a, b FROM t', ['a b']],
  ['SELECT a FROM t UNION SELECT id FROM p', ['a']],
  ['SELECT a FROM t UNION ALL SELECT id FROM p', []],
  ['SELECT v, id AS k FROM p', ['k']],
  ['SELECT v FROM p', []],
  [
    'SELECT a, b, n FROM (SELECT a, b, ROW_NUMBER() OVER (PARTITION BY b ORDER BY a) AS n FROM t) WHERE n < 4',
    ['b n'],
  ],
  [
    'SELECT a, b FROM (SELECT a, b, ROW_NUMBER() OVER (PARTITION BY b ORDER BY a) AS n FROM t) WHERE n = 1',
    ['b'],
  ],
  ['SELECT p.id, q.id AS other FROM p JOIN q ON p.v = q.id', ['id', 'id other']],
  ['SELECT p.id, q.id AS other FROM p JOIN q ON p.v = q.v', ['id other']],
  ['SELECT p.id, q.id AS other FROM p JOIN q ON q.id = q.v', ['id other']],
  ['SELECT p.id, q.id AS other FROM p JOIN q ON q.id = q.v + p.v', ['id other']],
  ['SELECT p.id, q.id AS other FROM p JOIN q ON q.id = p.v + p.w', ['id', 'id other']],
  ['SELECT p.id, q.v FROM p LEFT JOIN q ON p.id = q.id', ['id']],
  ['SELECT p.id, q.v FROM p LEFT JOIN q ON q.id = q.v', []],
  ['SELECT p.id, q.v FROM p LEFT JOIN q ON p.v = q.v', []],
  ['SELECT p.id, q.v FROM p FULL JOIN q ON p.id = q.id', []],
  ['SELECT id FROM p WHERE EXISTS (SELECT 1 FROM q WHERE q.v = p.v)', ['id']],
])('%s', (sql, keys) => {
  expect(keysOf(sql)).toEqual(keys);
});
