import { describe, expect, it } from 'vitest';
import { renderRelation } from '../../../core/render/relation.js';
import { bindQuery, type TestColumns } from './bind-query.js';

const tables: Readonly<Record<string, TestColumns>> = {
  orders: { id: 'BIGINT', item: 'STRING', qty: 'INT', price: 'DOUBLE', tags: 'ARRAY<STRING>' },
  items: { item: 'STRING', maker: 'STRING' },
};

/** What it shows, the query, and its DuckDB SQL. */
const cases: readonly [title: string, sql: string, expected: string][] = [
  [
    'projections and filters of one table become one SELECT',
    "SELECT id, price * 2 AS p FROM orders WHERE qty > 1 AND item LIKE 'a%'",
    "SELECT id AS id_6, price * 2 AS p_7 FROM orders WHERE (qty > 1) AND (item LIKE 'a%')",
  ],
  [
    'a computed column that is used twice is computed once, below',
    'SELECT p, p + 1 AS q FROM (SELECT price * 2 AS p FROM orders) WHERE p > 3',
    "SELECT p_6 AS p_7, p_6 + 1 AS q_8 FROM (SELECT price * 2 AS p_6 FROM orders) WHERE p_6 > 3 AND p_6 <= 'Infinity'::DOUBLE",
  ],
  [
    'a volatile column is evaluated once',
    'SELECT r, r AS again FROM (SELECT RAND() AS r FROM orders)',
    'SELECT r_6 AS r_7, r_6 AS again_8 FROM (SELECT random() AS r_6 FROM orders)',
  ],
  [
    'NULLs sort low',
    'SELECT id FROM orders ORDER BY price, qty DESC',
    'SELECT t1.id AS id_6 FROM orders AS t1 ORDER BY t1.price NULLS FIRST, t1.qty DESC NULLS LAST',
  ],
  [
    'a limit with its order stays in the SELECT',
    'SELECT id, price FROM orders WHERE price > 1e0 ORDER BY price LIMIT 3 OFFSET 2',
    "SELECT t1.id AS id_6, t1.price AS price_7 FROM orders AS t1 WHERE t1.price > 1e0 AND t1.price <= 'Infinity'::DOUBLE ORDER BY t1.price NULLS FIRST LIMIT 3 OFFSET 2",
  ],
  [
    'a filter above a limit is nested',
    'SELECT id FROM (SELECT id, qty FROM orders LIMIT 5) WHERE qty > 1',
    'SELECT id_6 AS id_8 FROM (SELECT id AS id_6, qty AS qty_7 FROM orders LIMIT 5) WHERE qty_7 > 1',
  ],
  [
    'aggregates fold onto filters, HAVING nests',
    'SELECT item, COUNT(*) AS n, SUM(price) AS s FROM orders WHERE qty > 1 GROUP BY item HAVING COUNT(*) > 1',
    'SELECT item_11 AS item_8, count_6 AS n_9, sum_7 AS s_10 FROM (SELECT item AS item_11, count(*) AS count_6, sum(price) AS sum_7 FROM orders WHERE qty > 1 GROUP BY item) WHERE count_6 > 1',
  ],
  [
    'expressions over aggregates stay in the SELECT',
    'SELECT item, MAX(price) - MIN(price) AS spread FROM orders GROUP BY item ORDER BY item',
    'SELECT t1.item AS item_8, max(t1.price) - min(t1.price) AS spread_9 FROM orders AS t1 GROUP BY t1.item ORDER BY t1.item NULLS FIRST',
  ],
  [
    'grouping sets',
    'SELECT item, qty, COUNT(*) AS n FROM orders GROUP BY GROUPING SETS ((item, qty), (item), ())',
    'SELECT item AS item_7, qty AS qty_8, count(*) AS n_9 FROM orders GROUP BY GROUPING SETS ((item, qty), (item), ())',
  ],
  [
    'a global aggregate of which nothing is used gives one row',
    'SELECT 1 AS x FROM (SELECT COUNT(*) AS n FROM orders)',
    'SELECT 1 AS x_8 FROM (SELECT count(*) AS n_7 FROM orders)',
  ],
  [
    'FILTER and DISTINCT of aggregates',
    'SELECT COUNT(DISTINCT item) AS a, COUNT(*) FILTER (WHERE qty > 1) AS b FROM orders',
    'SELECT count(DISTINCT item) AS a_8, count(*) FILTER (WHERE qty > 1) AS b_9 FROM orders',
  ],
  [
    'DISTINCT',
    'SELECT DISTINCT item FROM orders WHERE qty > 0',
    'SELECT DISTINCT item AS item_6 FROM orders WHERE qty > 0',
  ],
  [
    'joins qualify the columns of both sides',
    'SELECT o.id, i.maker FROM orders o LEFT JOIN items i ON o.item = i.item AND o.qty > 1 WHERE o.price > 2e0',
    "SELECT t1.id AS id_8, t2.maker AS maker_9 FROM orders AS t1 LEFT JOIN items AS t2 ON (t1.item = t2.item) AND (t1.qty > 1) WHERE t1.price > 2e0 AND t1.price <= 'Infinity'::DOUBLE",
  ],
  [
    'a join on the right of a join stands in parentheses',
    'SELECT a.id FROM orders a JOIN (items b JOIN items c ON b.maker = c.maker) ON a.item = b.item',
    'SELECT t1.id AS id_10 FROM orders AS t1 JOIN (items AS t2 JOIN items AS t3 ON t2.maker = t3.maker) ON t1.item = t2.item',
  ],
  [
    'a chain of joins stays flat',
    'SELECT a.id, c.maker FROM orders a JOIN items b ON a.item = b.item CROSS JOIN items c',
    'SELECT t1.id AS id_10, t3.maker AS maker_11 FROM orders AS t1 JOIN items AS t2 ON t1.item = t2.item CROSS JOIN items AS t3',
  ],
  [
    'an aggregated side of a join is a subquery',
    'SELECT o.id, n FROM orders o JOIN (SELECT item, COUNT(*) AS n FROM items GROUP BY item) i ON o.item = i.item',
    'SELECT t1.id AS id_12, t2.n_10 AS n_13 FROM orders AS t1 JOIN (SELECT item AS item_9, count(*) AS n_10 FROM items GROUP BY item) AS t2 ON t1.item = t2.item_9',
  ],
  [
    'set operations nest by their sides',
    '(SELECT id FROM orders UNION ALL SELECT CAST(qty AS BIGINT) FROM orders) EXCEPT SELECT 1',
    'SELECT id_17 FROM ((SELECT id_13 AS id_17 FROM (SELECT id AS id_13 FROM orders UNION ALL SELECT CAST(qty AS BIGINT) AS id_13 FROM orders)) EXCEPT SELECT CAST(1 AS BIGINT) AS id_17)',
  ],
  [
    'subqueries qualify every column',
    'SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.item = o.item)',
    'SELECT t1.id AS id_9 FROM orders AS t1 WHERE EXISTS (SELECT 1 AS "EXPR0_8" FROM items AS t2 WHERE t2.item = t1.item)',
  ],
  [
    'scalar subqueries and IN',
    'SELECT id, (SELECT MAX(maker) FROM items) AS m FROM orders WHERE item NOT IN (SELECT item FROM items)',
    'SELECT t1.id AS id_13, (SELECT max(t3.maker) AS "EXPR0_12" FROM items AS t3) AS m_14 FROM orders AS t1 WHERE t1.item NOT IN (SELECT t2.item AS item_8 FROM items AS t2)',
  ],
  [
    'windows',
    'SELECT id, ROW_NUMBER() OVER (PARTITION BY item ORDER BY price DESC) AS rn, SUM(price) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM orders WHERE qty > 0',
    'SELECT id AS id_6, row_number() OVER (PARTITION BY item ORDER BY price DESC NULLS LAST) AS rn_7, sum(price) OVER (ORDER BY id NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s_8 FROM orders WHERE qty > 0',
  ],
  [
    'a filter over a window is nested',
    'SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY price) AS rn FROM orders) WHERE rn <= 2',
    'SELECT id_6 AS id_8 FROM (SELECT id AS id_6, row_number() OVER (ORDER BY price NULLS FIRST) AS rn_7 FROM orders) WHERE rn_7 <= 2',
  ],
  [
    'VALUES',
    "SELECT a, b FROM (VALUES (1, 'x'), (2, CAST(NULL AS STRING))) AS t(a, b)",
    'SELECT "EXPR0_1" AS a_3, "EXPR1_2" AS b_4 FROM (VALUES (1, \'x\'), (2, CAST(NULL AS VARCHAR))) AS t1("EXPR0_1", "EXPR1_2")',
  ],
  [
    'a query without a table has no FROM',
    "SELECT 1 AS a, 'it''s' AS b, 1.50 AS c, 2.5e0 AS d, DATE '2024-01-02' AS e",
    "SELECT 1 AS a_2, 'it''s' AS b_3, 1.50 AS c_4, 2.5e0 AS d_5, CAST('2024-01-02' AS DATE) AS e_6",
  ],
  [
    'UNNEST is no join, which might lose the order of the rows',
    'SELECT id, tag FROM orders CROSS JOIN UNNEST(tags) AS u(tag)',
    'SELECT t2.id_1 AS id_7, t2."EXPR0_6" AS tag_8 FROM (SELECT id_1, item_2, qty_3, price_4, tags_5, e AS "EXPR0_6" FROM (SELECT t1.id AS id_1, t1.item AS item_2, t1.qty AS qty_3, t1.price AS price_4, t1.tags AS tags_5, unnest(t1.tags) AS e FROM orders AS t1)) AS t2',
  ],
  [
    'a left join with UNNEST keeps rows without elements',
    'SELECT id, tag, n FROM orders LEFT JOIN UNNEST(tags) WITH ORDINALITY AS u(tag, n) ON TRUE',
    'SELECT t2.id_1 AS id_8, t2."EXPR0_6" AS tag_9, t2."ORDINALITY_7" AS n_10 FROM (SELECT id_1, item_2, qty_3, price_4, tags_5, e AS "EXPR0_6", CAST(o AS INTEGER) AS "ORDINALITY_7" FROM (SELECT id_1, item_2, qty_3, price_4, tags_5, unnest(CASE WHEN len(l) > 0 THEN l ELSE [NULL] END) AS e, unnest(CASE WHEN len(l) > 0 THEN range(1, len(l) + 1) ELSE [NULL] END) AS o FROM (SELECT t1.id AS id_1, t1.item AS item_2, t1.qty AS qty_3, t1.price AS price_4, t1.tags AS tags_5, t1.tags AS l FROM orders AS t1))) AS t2',
  ],
  [
    'integers wrap around as in the JVM',
    'SELECT qty + 1 AS a, id * 2 AS b, -qty AS c, qty / 2 AS d, id + 1 AS e FROM orders',
    'SELECT CAST(((CAST(qty AS BIGINT) + 1 + 2147483648) & 4294967295) - 2147483648 AS INTEGER) AS a_6, CAST((((CAST(id AS HUGEINT) * 2) + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT) AS b_7, CAST(((CAST(0 AS BIGINT) - qty + 2147483648) & 4294967295) - 2147483648 AS INTEGER) AS c_8, qty // 2 AS d_9, CASE WHEN id NOT BETWEEN -4611686018427387904 AND 4611686018427387903 THEN CAST(((CAST(id AS HUGEINT) + 1 + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT) ELSE id + 1 END AS e_10 FROM orders',
  ],
  [
    'names that DuckDB reserves are quoted',
    'SELECT id AS `Order` FROM orders',
    'SELECT id AS "Order_6" FROM orders',
  ],
  [
    'CASE',
    "SELECT CASE WHEN qty > 1 THEN 'many' WHEN qty = 1 THEN 'one' END AS c FROM orders",
    "SELECT CASE WHEN qty > 1 THEN 'many' WHEN qty = 1 THEN 'one' END AS c_6 FROM orders",
  ],
];

describe('renderRelation', () => {
  it.each(cases)('%s', (_, sql, expected) => {
    expect(renderRelation(bindQuery(sql, tables))).toBe(expected);
  });
});
