import { expect, test } from 'vitest';
import { collectFunctionNames } from '../../../../core/sql/bind/function-names.js';
import { parseStatement } from '../../../../core/sql/parse.js';
import { addTable, bind, boundText, testCatalog } from '../../graph/planning.js';

/** Output columns as `name TYPE`. */
function outputs(sql: string): string[] {
  const [query] = bind(sql);
  return query!.root.columns.map(
    ({ name, type }) => `${name} ${type.kind}${type.nullable ? '' : ' NOT NULL'}`,
  );
}

test('names of outputs are aliases, column names, or EXPR$ with a position; equal ones are numbered', () => {
  expect(outputs('SELECT a, a AS x, a + 1, t.a, COUNT(*) OVER () FROM t')).toEqual([
    'a BIGINT',
    'x BIGINT',
    'EXPR$2 BIGINT',
    'a0 BIGINT',
    'EXPR$4 BIGINT NOT NULL',
  ]);
});

test('literals have the types of Flink, and are not null', () => {
  expect(outputs("SELECT 1, -2147483648, 3000000000, 1.50, 1e3, 'ab', X'00FF', TRUE, NULL")).toEqual([
    'EXPR$0 INT NOT NULL',
    'EXPR$1 INT NOT NULL',
    'EXPR$2 BIGINT NOT NULL',
    'EXPR$3 DECIMAL NOT NULL',
    'EXPR$4 DOUBLE NOT NULL',
    'EXPR$5 CHAR NOT NULL',
    'EXPR$6 BINARY NOT NULL',
    'EXPR$7 BOOLEAN NOT NULL',
    'EXPR$8 STRING',
  ]);
});

test('every digit of a decimal literal counts, leading zeros too', () => {
  const precisions = (sql: string) =>
    bind(sql)[0]!.root.columns.map(({ type }) =>
      type.kind === 'DECIMAL' ? [type.precision, type.scale] : type.kind,
    );
  expect(precisions('SELECT 0.908, .5, 1.50, 00.1, 1.')).toEqual([[4, 3], [1, 1], [3, 2], [3, 1], 'INT']);
});

test('the padded side of an outer join is nullable', () => {
  expect(outputs('SELECT d FROM u')).toEqual(['d BIGINT NOT NULL']);
  expect(outputs('SELECT d FROM t LEFT JOIN u ON t.a = u.a')).toEqual(['d BIGINT']);
  expect(outputs('SELECT d FROM t JOIN u ON t.a = u.a')).toEqual(['d BIGINT NOT NULL']);
});

test('USING gives one column, the other side stays reachable by its qualifier', () => {
  expect(
    outputs('SELECT *, u.a AS other FROM t JOIN u USING (a)').map((column) => column.split(' ')[0]),
  ).toEqual(['a', 'b', 'c', 'd', 'tags', 'other']);
  expect(boundText('SELECT a FROM t FULL JOIN u USING (a)')).toMatchInlineSnapshot(`
    "
    project [a_8 = a_7]
      project [a_1, b_2, c_3, a_4, d_5, tags_6, a_7 = COALESCE(a_1, a_4)]
        full join on a_1 = a_4
          scan t [a_1, b_2, c_3]
          scan u [a_4, d_5, tags_6]
    "
  `);
});

test('arguments of Python functions are widened to the declared types, constants at once', () => {
  expect(
    boundText('SELECT inc(c), inc(7), scale(factor => c, x => a), anything(c) FROM t'),
  ).toMatchInlineSnapshot(`
    "
    project [EXPR0_4 = inc(CAST(c_3 AS BIGINT)), EXPR1_5 = inc(7), EXPR2_6 = scale(factor => CAST(c_3 AS BIGINT), x => a_1), EXPR3_7 = anything(c_3)]
      scan t [a_1, b_2, c_3]
    "
  `);
});

test('GROUP BY expressions are found again in the select list, HAVING and ORDER BY', () => {
  expect(
    boundText('SELECT inc(a) + 1, SUM(c) FROM t GROUP BY inc(a) HAVING SUM(c) > 2 ORDER BY inc(a), MAX(c)'),
  ).toMatchInlineSnapshot(`
    "
    project [EXPR0_5, EXPR1_6]
      sort by sort_9, sort_10
        project [EXPR0_5 = key_8 + 1, EXPR1_6 = sum_4, sort_9 = key_8, sort_10 = max_7]
          filter sum_4 > 2
            aggregate by [key_8 = inc(a_1)] [sum_4 = SUM(c_3), max_7 = MAX(c_3)]
              scan t [a_1, b_2, c_3]
    "
  `);
});

test('grouping sets name the positions of the keys', () => {
  expect(boundText('SELECT b, c, COUNT(*) FROM t GROUP BY ROLLUP (b, c)')).toMatchInlineSnapshot(`
    "
    project [b_5 = b_8, c_6 = c_9, EXPR2_7 = count_4]
      aggregate by [b_8 = b_2, c_9 = c_3] sets [[0,1],[0],[]] [count_4 = COUNT(*)]
        scan t [a_1, b_2, c_3]
    "
  `);
});

test('ORDER BY takes aliases, ordinals, and what is not selected; NULLs are lowest', () => {
  expect(
    boundText('SELECT a AS x FROM t ORDER BY x DESC, 1, c, b NULLS LAST LIMIT 5 OFFSET 2'),
  ).toMatchInlineSnapshot(`
    "
    project [x_4]
      limit 5 offset 2
        sort by x_4 DESC, x_4, sort_5, sort_6 NULLS LAST
          project [x_4 = a_1, sort_5 = c_3, sort_6 = b_2]
            scan t [a_1, b_2, c_3]
    "
  `);
});

test('computed columns are computed above the scan', () => {
  expect(boundText('SELECT w FROM made')).toMatchInlineSnapshot(`
    "
    project [w_6 = w_4]
      project [id_3 = id_1, w_4 = inc(id_1) * 2, s_5 = s_2]
        scan made [id_1, s_2]
    "
  `);
});

test('a common table is bound at each use, unless it has to be computed once', () => {
  expect(boundText('WITH q AS (SELECT a FROM t) SELECT l.a FROM q l, q r')).toMatchInlineSnapshot(`
    "
    project [a_9 = a_4]
      cross join
        project [a_4 = a_1]
          scan t [a_1, b_2, c_3]
        project [a_8 = a_5]
          scan t [a_5, b_6, c_7]
    "
  `);
  expect(boundText('WITH q AS (SELECT dice(a) AS k FROM t) SELECT k FROM q')).toMatchInlineSnapshot(`
    "
    project [k_7 = k_6]
      project [k_6 = k_4]
        project [k_4 = dice(a_1)]
          scan t [a_1, b_2, c_3]
    "
  `);
  expect(boundText('WITH q AS (SELECT dice(a) AS k FROM t) SELECT l.k FROM q l, q r')).toMatchInlineSnapshot(`
    "
    project [k_8 = k_6]
      cross join
        shared shared_5 [k_6]
          project [k_4 = dice(a_1)]
            scan t [a_1, b_2, c_3]
        shared shared_5 [k_7]
    "
  `);
});

test('correlated subqueries read the columns of the query around them', () => {
  expect(boundText('SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)')).toMatchInlineSnapshot(`
    "
    project [a_8 = a_1]
      filter EXISTS (…)
        scan t [a_1, b_2, c_3]
        subquery:
          project [EXPR0_7 = 1]
            filter a_4 = a_1
              scan u [a_4, d_5, tags_6]
    "
  `);
});

test('QUALIFY filters by window functions that need not be selected', () => {
  expect(
    boundText('SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY c DESC) = 1'),
  ).toMatchInlineSnapshot(`
    "
    project [a_4]
      filter qualify_5
        project [a_4 = a_1, qualify_5 = ROW_NUMBER() OVER (PARTITION BY b_2 ORDER BY c_3 DESC) = 1]
          scan t [a_1, b_2, c_3]
    "
  `);
});

test('INSERT puts columns in the order of the table, as its types, and NULL where none is given', () => {
  expect(boundText("INSERT INTO results (y) SELECT 'x' FROM t")).toMatchInlineSnapshot(`
    "
    project [x_5 = NULL, y_6 = CAST(EXPR0_4 AS STRING)]
      project [EXPR0_4 = 'x']
        scan t [a_1, b_2, c_3]
    "
  `);
  expect(boundText('INSERT INTO results SELECT c, b FROM t')).toMatchInlineSnapshot(`
    "
    project [x_6 = CAST(c_4 AS BIGINT), y_7 = b_5]
      project [c_4 = c_3, b_5 = b_2]
        scan t [a_1, b_2, c_3]
    "
  `);
});

test('UNNEST and table functions may read what stands before them', () => {
  expect(
    boundText(
      'SELECT d, tag, w.word FROM u CROSS JOIN UNNEST(tags) AS x(tag), LATERAL TABLE(words(tag)) AS w',
    ),
  ).toMatchInlineSnapshot(`
    "
    project [d_7 = d_2, tag_8 = EXPR0_4, word_9 = word_5]
      lateral words(EXPR0_4) [word_5, length_6]
        unnest tags_3 [EXPR0_4]
          scan u [a_1, d_2, tags_3]
    "
  `);
});

test('set operations take the type that both sides share', () => {
  expect(boundText('SELECT a FROM t UNION ALL SELECT c FROM t')).toMatchInlineSnapshot(`
    "
    union all [a_10]
      project [a_4 = a_1]
        scan t [a_1, b_2, c_3]
      project [c_9 = CAST(c_8 AS BIGINT)]
        project [c_8 = c_7]
          scan t [a_5, b_6, c_7]
    "
  `);
});

test('a view is expanded with the names it saw, and errors in it are told where it is used', () => {
  const catalog = testCatalog();
  const sql = 'SELECT a, inc(c) AS k FROM t';
  const statement = parseStatement(sql);
  if (statement.kind !== 'query_statement') throw new Error('no query');
  const view = {
    kind: 'view' as const,
    path: catalog.qualify(['v']),
    text: sql,
    query: statement.query,
    columns: ['x', 'y'],
    comment: null,
    scope: { catalog: 'default_catalog', database: 'default_database' },
  };
  catalog.createRelation(view, { temporary: true, ifNotExists: false });
  catalog.createDatabase(['elsewhere'], false);
  catalog.useDatabase(['elsewhere']);
  const read = 'SELECT y FROM default_database.v';

  expect(boundText(read, catalog)).toContain('inc(');
  expect(collectFunctionNames({ catalog }, parseStatement(read))).toMatchObject([{ name: 'inc' }]);
  catalog.dropRelation(catalog.qualify(['t'], view.scope), 'table', { temporary: false, ifExists: false });
  expect(() => bind(read, catalog)).toThrow('In view default_catalog.default_database.v: There is no table');
});

test('functions of computed columns are collected with those of the statement', () => {
  const catalog = testCatalog();
  const statement = parseStatement('SELECT shout(s), UPPER(s) FROM made WHERE is_good(w)');

  expect(collectFunctionNames({ catalog }, statement).map((entry) => entry.name)).toEqual([
    'shout',
    'inc',
    'is_good',
  ]);
});

test('a temporary system function hides a built-in, any other function does not', () => {
  const catalog = testCatalog();
  addTable(catalog, 'names', { s: 'STRING' });
  catalog.createFunction(
    ['abs'],
    { target: 'm.abs', language: 'PYTHON' },
    { scope: 'temporary', ifNotExists: false },
  );
  expect(collectFunctionNames({ catalog }, parseStatement('SELECT ABS(a) FROM t'))).toEqual([]);

  catalog.createFunction(
    ['ABS'],
    { target: 'm.abs', language: 'PYTHON' },
    { scope: 'temporary_system', ifNotExists: false },
  );
  expect(collectFunctionNames({ catalog }, parseStatement('SELECT abs(a) FROM t'))).toMatchObject([
    { name: 'ABS' },
  ]);
});
