import { expect, test } from 'vitest';
import { bind } from '../../graph/planning.js';
import { problem } from '../../graph/problem.js';

/** What is wrong, where, and what to do about it. */
const cases: readonly (readonly [sql: string, problem: string])[] = [
  ['SELECT\n  a,\n  bb\nFROM t', "SQL_UNKNOWN_COLUMN 3:3+2 There is no column 'bb'. | Did you mean b?"],
  ['SELECT x.a FROM t', "SQL_UNKNOWN_TABLE 1:8+3 There is no table 'x' in FROM. | Tables here: t."],
  [
    'SELECT a FROM t JOIN u ON t.a = u.a',
    "SQL_AMBIGUOUS_COLUMN 1:8+1 Column 'a' is ambiguous. | Qualify it: t.a or u.a.",
  ],
  [
    'SELECT a FROM tt',
    'SQL_UNKNOWN_TABLE 1:15+2 There is no table default_catalog.default_database.tt. | Did you mean t?',
  ],
  [
    'SELECT a FROM other.t',
    'SQL_UNKNOWN_DATABASE 1:15+7 There is no database default_catalog.other. | There are: default_database.',
  ],
  ['SELECT incr(a) FROM t', "SQL_UNKNOWN_FUNCTION 1:8+4 There is no function 'incr'. | Did you mean inc?"],
  [
    'SELECT nothing_like_it(a) FROM t',
    "SQL_UNKNOWN_FUNCTION 1:8+15 There is no function 'nothing_like_it'. | Register it: CREATE TEMPORARY FUNCTION nothing_like_it AS 'module.nothing_like_it' LANGUAGE PYTHON.",
  ],
  [
    'SELECT inc() FROM t',
    "SQL_ARGUMENTS 1:8+5 inc is called without 'x'. | It is declared as inc(x BIGINT).",
  ],
  [
    'SELECT inc(a, a) FROM t',
    'SQL_ARGUMENTS 1:15+1 inc takes 1 argument, not 2. | It is declared as inc(x BIGINT).',
  ],
  [
    'SELECT inc(b) FROM t',
    "SQL_ARGUMENTS 1:12+1 Parameter 'x' of inc is BIGINT, but the argument is STRING. | Use CAST(… AS BIGINT).",
  ],
  [
    'SELECT scale(x => a, z => 2) FROM t',
    "SQL_ARGUMENTS 1:22+1 scale has no parameter 'z'. | Parameters: x, factor.",
  ],
  [
    'SELECT scale(a, x => 2) FROM t',
    "SQL_ARGUMENTS 1:17+6 Parameter 'x' of scale is given twice. | It is declared as scale(x BIGINT, factor BIGINT = …).",
  ],
  [
    'SELECT words(b) FROM t',
    'SQL_INVALID 1:8+8 words is a table function and cannot be used as a scalar function. | Use FROM t, LATERAL TABLE(words(…)) AS x(…).',
  ],
  ['SELECT a FROM t, LATERAL TABLE(inc(a)) AS x(y)', 'SQL_INVALID 1:32+6 inc is no table function.'],
  [
    'SELECT a FROM t, LATERAL TABLE(words(b)) AS x(y)',
    'SQL_INVALID 1:42+7 1 column name(s) are given for 2 column(s).',
  ],
  [
    'SELECT b, SUM(a) FROM t',
    "SQL_AGGREGATE 1:8+1 Expression 'b' is not being grouped. | Add it to GROUP BY, or aggregate it: MIN(…), MAX(…), FIRST_VALUE(…).",
  ],
  [
    'SELECT b, a + 1 FROM t GROUP BY b',
    "SQL_AGGREGATE 1:11+1 Expression 'a' is not being grouped. | Add it to GROUP BY, or aggregate it: MIN(…), MAX(…), FIRST_VALUE(…).",
  ],
  [
    'SELECT a FROM t WHERE SUM(a) > 1',
    'SQL_AGGREGATE 1:23+6 The aggregate SUM cannot stand in WHERE. | Use HAVING, or aggregate in a subquery.',
  ],
  ['SELECT inc(DISTINCT a) FROM t', 'SQL_INVALID 1:8+15 inc is no aggregate, so it takes no DISTINCT.'],
  ['SELECT SUM(b) FROM t', 'SQL_ARGUMENTS 1:8+6 SUM cannot be applied to STRING. | It takes: SUM(NUMERIC).'],
  [
    "SELECT a > 0 = INTERVAL '1' SECOND FROM t",
    'SQL_ARGUMENTS 1:8+27 = cannot be applied to BOOLEAN, INTERVAL DAY TO SECOND(3) NOT NULL. | It takes: a = b of comparable types.',
  ],
  ['SELECT MAX(*) FROM t', 'SQL_ARGUMENTS 1:8+6 MAX(*) does not exist; only COUNT(*) does.'],
  [
    'SELECT a FROM t WHERE a',
    'SQL_TYPE 1:23+1 WHERE needs a BOOLEAN condition, but this is BIGINT. | Compare it with something, or use CAST(… AS BOOLEAN).',
  ],
  [
    'SELECT a + b FROM t',
    'SQL_ARGUMENTS 1:8+5 + cannot be applied to BIGINT, STRING. | It takes: NUMERIC + NUMERIC; +NUMERIC; DATE | TIME | TIMESTAMP + INTERVAL; INTERVAL + DATE | TIME | TIMESTAMP; INTERVAL + INTERVAL.',
  ],
  [
    'SELECT CASE WHEN a > 1 THEN a ELSE b END FROM t',
    'SQL_TYPE 1:36+1 The results of CASE must have one type, but there are BIGINT and STRING. | Use CAST.',
  ],
  ['SELECT a FROM t ORDER BY 2', 'SQL_INVALID 1:26+1 ORDER BY 2: the query has 1 column(s).'],
  [
    'SELECT DISTINCT a FROM t ORDER BY c',
    'SQL_INVALID 1:35+1 ORDER BY of a SELECT DISTINCT can only use what is selected.',
  ],
  ['SELECT a FROM t LIMIT a', "SQL_SYNTAX 1:23+1 expected a whole number but found 'a'"],
  ['SELECT a FROM t UNION ALL SELECT a, b FROM t', 'SQL_INVALID 1:27+18 UNION joins 1 column(s) with 2.'],
  [
    'SELECT a FROM t UNION ALL SELECT b FROM t',
    'SQL_TYPE 1:27+15 Column 1 of UNION has the types BIGINT and STRING. | Use CAST.',
  ],
  [
    'SELECT a FROM t WHERE a IN (SELECT a, d FROM u)',
    'SQL_INVALID 1:23+25 IN compares 1 value(s) with 2 column(s).',
  ],
  [
    'SELECT (SELECT a, b FROM t)',
    'SQL_INVALID 1:8+20 A subquery used as a value has one column, but this has 2.',
  ],
  ["SELECT DATE '2024-02-30'", "SQL_LITERAL 1:8+17 '2024-02-30' is no DATE. | Write it as yyyy-MM-dd."],
  ["SELECT INTERVAL '1' DAY, INTERVAL 'x' DAY", "SQL_LITERAL 1:26+16 'x' is no interval of DAY."],
  ['VALUES (1, 2), (3)', 'SQL_INVALID 1:16+3 This row has 1 item(s), the first has 2.'],
  [
    "VALUES (1), ('x')",
    'SQL_TYPE 1:14+3 Column 1 of VALUES must have one type, but there are INT NOT NULL and CHAR(1) NOT NULL. | Use CAST.',
  ],
  ['SELECT ROW_NUMBER() FROM t', 'SQL_INVALID 1:8+12 ROW_NUMBER needs an OVER clause.'],
  [
    'SELECT ROW_NUMBER() OVER (PARTITION BY a) FROM t',
    'SQL_INVALID 1:8+34 ROW_NUMBER needs ORDER BY an expression that is no constant: rows have no order by themselves. | Give ORDER BY in OVER.',
  ],
  [
    'SELECT RANK() OVER (ORDER BY 1) FROM t',
    'SQL_INVALID 1:8+24 RANK needs ORDER BY an expression that is no constant: rows have no order by themselves. | Give ORDER BY in OVER.',
  ],
  [
    'SELECT RANK() OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t',
    'SQL_INVALID 1:8+65 RANK takes no frame: Flink allows neither ROWS nor RANGE with it. | Leave ROWS or RANGE out.',
  ],
  [
    'SELECT a, LAG(a) OVER (w) FROM t WINDOW w AS (ORDER BY a RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)',
    'SQL_INVALID 1:11+15 LAG takes no frame: Flink allows neither ROWS nor RANGE with it. | Leave ROWS or RANGE out.',
  ],
  [
    'SELECT a FROM t WHERE ROW_NUMBER() OVER (ORDER BY a) = 1',
    'SQL_INVALID 1:23+30 The window function ROW_NUMBER cannot stand in WHERE. | Compute it in a subquery.',
  ],
  [
    'SELECT SUM(a) OVER w FROM t WINDOW v AS (ORDER BY a)',
    "SQL_INVALID 1:20+1 There is no window 'w'. | Windows: v.",
  ],
  [
    'SELECT * FROM t JOIN u USING (b)',
    "SQL_UNKNOWN_COLUMN 1:31+1 Column 'b' of USING is missing on one side. | Columns: a, d, tags.",
  ],
  ['SELECT *', 'SQL_INVALID 1:8+1 SELECT * needs a FROM.'],
  ['SELECT v.* FROM t', "SQL_UNKNOWN_TABLE 1:8+3 There is no table 'v' in FROM. | Tables here: t."],
  [
    'INSERT INTO results SELECT a FROM t',
    'SQL_INVALID 1:21+15 The query has 1 column(s), but default_catalog.default_database.results takes 2. | Its columns: x, y.',
  ],
  [
    'INSERT INTO results SELECT b, b FROM t',
    "SQL_TYPE 1:28+1 Column 'x' is BIGINT, but the query gives STRING. | Use CAST(… AS BIGINT).",
  ],
  [
    'INSERT INTO results (x, z) SELECT a, b FROM t',
    "SQL_UNKNOWN_COLUMN 1:25+1 There is no column 'z' in the table. | Columns: x, y.",
  ],
  [
    'INSERT INTO resluts SELECT a, b FROM t',
    'SQL_UNKNOWN_TABLE 1:13+7 There is no table default_catalog.default_database.resluts. | Did you mean results?',
  ],
  [
    'WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r',
    'SQL_UNSUPPORTED 1:1+46 WITH RECURSIVE is not supported.',
  ],
  ['SELECT tags.x FROM u', 'SQL_UNKNOWN_COLUMN 1:13+1 ARRAY is no ROW: it has no fields.'],
  [
    'SELECT a FROM t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP',
    'SQL_UNSUPPORTED 1:39+17 FOR SYSTEM_TIME AS OF is supported on the right side of a join only. | Read the table without it, or join it: left JOIN table FOR SYSTEM_TIME AS OF left.time ON ….',
  ],
];

test.each(cases)('%s is refused with its place and a way out', (sql, expected) => {
  expect(problem(() => bind(sql))).toBe(expected);
});
