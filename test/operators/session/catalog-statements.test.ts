import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session, type StatementResult } from '../../../operators/index.js';

let session: Session;
let notes: string[];
beforeEach(async () => {
  notes = [];
  session = await Session.open({
    configuration: {},
    workingDirectory: process.cwd(),
    jobFolder: null,
    onLog: () => {},
    onProgress: () => {},
    onNote: (text) => notes.push(text),
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
});
afterEach(() => session.close());

/** The rows of the last statement, as text. */
async function rows(sql: string): Promise<unknown[][]> {
  let last: StatementResult | null = null;
  for await (const result of session.execute(sql)) last = result;
  if (last?.kind !== 'rows') return [];
  const found: unknown[][] = [];
  for await (const batch of last.batches()) {
    for (let row = 0; row < batch.rows; row++) {
      found.push(last.columns.map((_, column) => JSON.parse(batch.jsonText(row, column))));
    }
  }
  return found;
}

const TABLE = `CREATE TABLE t (
  id BIGINT NOT NULL,
  ts TIMESTAMP(3),
  twice AS id * 2,
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH ('connector' = 'print');`;

describe('statements about the catalog', () => {
  it('describe a table with its key, computed columns and watermark', async () => {
    expect(await rows(`${TABLE} DESCRIBE t;`)).toEqual([
      ['id', 'BIGINT', 'FALSE', 'PRI(id)', null, null],
      ['ts', 'TIMESTAMP(3)', 'TRUE', null, null, "ts - INTERVAL '5' SECOND"],
      ['twice', 'BIGINT', 'FALSE', null, 'AS id * 2', null],
    ]);
  });

  it('describe a view by the columns of its query, and comments where there are any', async () => {
    expect(await rows(`${TABLE} CREATE VIEW v (a, b) AS SELECT id, twice > 1 FROM t; DESCRIBE v;`)).toEqual([
      ['a', 'BIGINT', 'FALSE', null, null, null],
      ['b', 'BOOLEAN', 'FALSE', null, null, null],
    ]);
    const commented = "CREATE TABLE c (a INT COMMENT 'first', b INT) WITH ('connector' = 'print');";
    expect(await rows(`${commented} SHOW COLUMNS FROM c LIKE 'a'`)).toEqual([
      ['a', 'INT', 'TRUE', null, null, null, 'first'],
    ]);
  });

  it('show the statement that makes a catalog, and its options', async () => {
    const create = "CREATE CATALOG c WITH ('type' = 'generic_in_memory', 'default-database' = 'main')";

    const [[text]] = (await rows(`${create}; SHOW CREATE CATALOG c`)) as [[string]];

    expect(text.replaceAll(/\s+/g, ' ')).toBe(
      "CREATE CATALOG `c` WITH ( 'type' = 'generic_in_memory', 'default-database' = 'main' )",
    );
    expect(await rows('DESCRIBE CATALOG EXTENDED c')).toContainEqual(['option:default-database', 'main']);
    expect(await rows('CREATE DATABASE c.a; USE CATALOG c; SHOW CURRENT DATABASE')).toEqual([['main']]);
  });

  it('show a CREATE statement that makes the same table again', async () => {
    const [[text]] = (await rows(`${TABLE} SHOW CREATE TABLE t;`)) as [[string]];

    const again = await rows(`DROP TABLE t; ${text}; SHOW CREATE TABLE t;`);

    expect(again).toEqual([[text]]);
  });

  it.each([
    [
      'a text column',
      'ts STRING, WATERMARK FOR ts AS ts',
      /'ts' of WATERMARK must be TIMESTAMP\(p\).*not STRING/,
    ],
    ['microseconds', 'ts TIMESTAMP(6), WATERMARK FOR ts AS ts', /p from 0 to 3, not TIMESTAMP\(6\)/],
    [
      'a missing column',
      'ts TIMESTAMP(3), WATERMARK FOR tz AS ts',
      /'tz', which the table does not have \(near: ts\)/,
    ],
  ])('refuse a watermark over %s', async (_, columns, message) => {
    await expect(rows(`CREATE TABLE w (${columns}) WITH ('connector' = 'print')`)).rejects.toThrow(message);
  });

  it('refuse a watermark over a computed column that is no time, once its type is known', async () => {
    const table =
      "CREATE TABLE w (s STRING, ts AS UPPER(s), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen')";

    await expect(rows(`${table}; EXPLAIN SELECT s FROM w`)).rejects.toThrow(/'ts' of WATERMARK must be/);
  });

  it('list temporary objects beside permanent ones, and filter by a pattern', async () => {
    const sql = `${TABLE} CREATE TEMPORARY VIEW v AS SELECT id FROM t; CREATE TABLE u LIKE t;`;

    expect(await rows(`${sql} SHOW TABLES;`)).toEqual([['t'], ['u'], ['v']]);
    expect(await rows('SHOW VIEWS;')).toEqual([['v']]);
    expect(await rows("SHOW TABLES LIKE '_';")).toEqual([['t'], ['u'], ['v']]);
    expect(await rows("SHOW TABLES NOT LIKE 'u%';")).toEqual([['t'], ['v']]);
  });

  it('change and list the current catalog and database', async () => {
    await rows(
      "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); USE CATALOG c; CREATE DATABASE d; USE d;",
    );

    expect(await rows('SHOW CURRENT CATALOG;')).toEqual([['c']]);
    expect(await rows('SHOW CURRENT DATABASE;')).toEqual([['d']]);
    expect(await rows('SHOW DATABASES;')).toEqual([['d'], ['default']]);
  });

  it('note a function that a built-in hides, unless it is a system function', async () => {
    await rows("CREATE TEMPORARY SYSTEM FUNCTION `abs` AS 'functions.f' LANGUAGE PYTHON");
    expect(notes).toEqual([]);
    await rows("CREATE TEMPORARY FUNCTION `lower` AS 'functions.f' LANGUAGE PYTHON");
    expect(notes).toEqual([expect.stringContaining('lower is a built-in function too')]);
  });

  it('set, list and reset configuration keys', async () => {
    const set = await rows("SET 'parallelism.default' = '3'; SET;");
    const reset = await rows("RESET 'parallelism.default'; SET;");

    expect(set).toEqual([['parallelism.default', '3']]);
    expect(reset).toEqual([]);
  });

  it.each([
    ['DROP TABLE nowhere;', 'SQL_UNKNOWN_TABLE', 1, 12],
    [`${TABLE}\nCREATE TABLE t (a INT) WITH ('connector' = 'print');`, 'SQL_EXISTS', 8, 14],
    ['CREATE TABLE a (b INT);', 'OPTION_MISSING', 1, 14],
    ["CREATE TABLE a (b INT, b INT) WITH ('connector' = 'print');", 'COLUMN_EXISTS', 1, 1],
    [
      "CREATE TABLE a (b INT) WITH ('connector' = 'datagen', 'row-per-second' = '5');",
      'OPTION_UNKNOWN',
      1,
      55,
    ],
    ["CREATE TABLE a (b INT) WITH (\n'connector' = 'datagen',\n'fields.b.min' = 'x');", 'OPTION_VALUE', 3, 1],
    ["CREATE TABLE a (b INT) WITH ('connector' = 'print', 'prefix' = 'x');", 'OPTION_UNKNOWN', 1, 53],
    ["CREATE TABLE a (b INT) WITH ('connector' = 'blackhole', 'path' = 'x');", 'OPTION_UNKNOWN', 1, 57],
    ["SET 'paralelism.default' = '3';", 'OPTION_UNKNOWN', 1, 5],
    ["CREATE FUNCTION f AS 'a.B' LANGUAGE JAVA;", 'STATEMENT_UNSUPPORTED', 1, 1],
    ["\nADD JAR 'a.jar';", 'STATEMENT_UNSUPPORTED', 2, 1],
  ])('say where %j went wrong', async (sql, code, line, column) => {
    await expect(rows(sql)).rejects.toMatchObject({
      code,
      details: { line, column },
    });
  });
});

describe('settings in a script', () => {
  it('say with which Python it runs, also after its functions are created', async () => {
    const script = `CREATE TEMPORARY FUNCTION f AS 'functions.f' LANGUAGE PYTHON;
      SET 'python.executable' = '/nowhere/python';
      SELECT f(1);`;

    await expect(rows(script)).rejects.toThrow('/nowhere/python');
  });
});
