import { describe, it } from 'vitest';
import { expectFailure } from './support/expect-failure.js';

/** A table `t` over files, and a query of it. */
function reading(path: string, format: string, more = ''): string {
  return (
    `CREATE TEMPORARY TABLE t (n BIGINT, s STRING)\n` +
    `WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = '${format}'${more});\n` +
    `SELECT * FROM t;\n`
  );
}

describe('files to read', () => {
  it('a file that is not there is named, with the folder it was looked for in', () =>
    expectFailure({
      sql: reading('flights.parquet', 'parquet'),
      exit: 1,
      what: 'Error SOURCE_NOT_FOUND: There is no file or folder DIR/flights.parquet.',
      todo: 'Relative paths are resolved against the working directory, DIR.',
    }));

  it('a folder without files says which names do not count', () =>
    expectFailure({
      sql: reading('data', 'csv'),
      files: { 'data/.hidden.csv': '1,a\n' },
      exit: 1,
      what: 'Error SOURCE_NOT_FOUND: The folder DIR/data has no files.',
      todo: "Names that begin with '.' or '_' are left out.",
    }));

  it('a file that is no Parquet is named', () =>
    expectFailure({
      sql: reading('data', 'parquet'),
      files: { 'data/a.parquet': 'this text was never a Parquet file\n' },
      exit: 1,
      what:
        'Error SOURCE_CORRUPT: DIR/data/a.parquet cannot be read: ' +
        "No magic bytes found at end of file 'DIR/data/a.parquet'.",
      where: ['at DIR/data/a.parquet, stage relational-1, worker w1'],
      todo: "The file is damaged, still being written, or of another format than the table's `format`.",
    }));

  it('a CSV value that does not fit is shown with file, line, column and the line itself', () =>
    expectFailure({
      sql: reading('data/rows.csv', 'csv'),
      files: { 'data/rows.csv': '1,a\n2,b\nx,c\n' },
      exit: 1,
      what: "Error SOURCE_ROW: Line 3 of DIR/data/rows.csv does not fit the table: column `n` is 'x', which is no BIGINT.",
      where: ['at DIR/data/rows.csv:3, stage relational-1, worker w1', 'with n=x', 'x,c'],
      todo: "Correct the line or the table's columns, or leave such lines out: 'csv.ignore-parse-errors'.",
    }));

  it('a CSV line with too many columns is counted', () =>
    expectFailure({
      sql: reading('rows.csv', 'csv'),
      files: { 'rows.csv': '1,a\n2,b,c\n' },
      exit: 1,
      what: 'Error SOURCE_ROW: Line 2 of DIR/rows.csv does not fit the table: it has 3 columns and the table has 2.',
      todo: "Correct the line or the table's columns, or leave such lines out: 'csv.ignore-parse-errors'.",
    }));

  it('a JSON line that does not parse is shown with file and line', () =>
    expectFailure({
      sql: reading('rows.json', 'json'),
      files: { 'rows.json': '{"n": 1, "s": "a"}\n{"n": \n' },
      exit: 1,
      what: 'Error SOURCE_ROW: Line 2 of DIR/rows.json does not fit the table: unexpected end of data.',
      where: ['at DIR/rows.json:2, stage relational-1, worker w1'],
      todo: "Correct the line or the table's columns, or leave such lines out: 'json.ignore-parse-errors'.",
    }));
});

describe('files that come to a monitored folder', () => {
  const monitored = (format: string, rest = '') =>
    reading('in', format, `, 'source.monitor-interval' = '1 s'${rest}`);

  it('JSON without a field and with one more is read, and one of another type is told by its file', () =>
    expectFailure({
      sql: monitored('json'),
      files: { 'in/1.json': '{"n":1,"s":"a"}\n{"n":2,"more":5}\n', 'in/2.json': '{"n":3}\n{"n":"x"}\n' },
      exit: 1,
      what: 'Error SOURCE_ROW: Line 2 of DIR/in/2.json does not fit the table: Failed to cast value to numerical: "x".',
      todo: "Correct the line or the table's columns, or leave such lines out: 'json.ignore-parse-errors'.",
    }));

  it('CSV with another number of columns is told by its file', () =>
    expectFailure({
      sql: monitored('csv'),
      files: { 'in/1.csv': '1,a\n', 'in/2.csv': '2\n3,c,more\n' },
      exit: 1,
      what: 'Error SOURCE_ROW: Line 2 of DIR/in/2.csv does not fit the table: it has 3 columns and the table has 2.',
      todo: "Correct the line or the table's columns, or leave such lines out: 'csv.ignore-parse-errors'.",
    }));
});

describe('names that do not exist', () => {
  it('an unknown table is underlined, with near names', () =>
    expectFailure({
      sql: "CREATE TEMPORARY TABLE flights (n INT) WITH ('connector' = 'blackhole');\nSELECT * FROM flihgts;\n",
      exit: 2,
      what: 'Error SQL_UNKNOWN_TABLE in job.sql, line 2, column 15: There is no table default_catalog.default_database.flihgts.',
      where: ['2 | SELECT * FROM flihgts;', '|               ^^^^^^^'],
      todo: 'Did you mean flights?',
    }));

  it('an unknown column is underlined, with near names', () =>
    expectFailure({
      sql: 'SELECT\n  amuont\nFROM (VALUES (1)) AS t(amount);\n',
      exit: 2,
      what: "Error SQL_UNKNOWN_COLUMN in job.sql, line 2, column 3: There is no column 'amuont'.",
      where: ['2 |   amuont', '|   ^^^^^^'],
      todo: 'Did you mean amount?',
    }));

  it('an unknown function is underlined, with near names', () =>
    expectFailure({
      sql: "SELECT uper('a');\n",
      exit: 2,
      what: "Error SQL_UNKNOWN_FUNCTION in job.sql, line 1, column 8: There is no function 'uper'.",
      where: ["1 | SELECT uper('a');", '|        ^^^^'],
      todo: 'Did you mean UPPER?',
    }));

  it('a job file that is not there says where it was looked for', () =>
    expectFailure({
      sql: null,
      args: ['nothing.sql'],
      exit: 2,
      what: 'Error JOB_NOT_READABLE: nothing.sql does not exist',
      todo: 'The path was resolved against the working directory, DIR.',
    }));
});

describe('statements', () => {
  it('a syntax error has line, column, a caret and what was expected', () =>
    expectFailure({
      sql: 'SELECT a\nFROM t\nWHERE GROUP BY a;\n',
      exit: 2,
      what: 'Error SQL_SYNTAX in job.sql, line 3, column 7: expected an expression but found GROUP',
      where: ['3 | WHERE GROUP BY a;'],
      todo: '|       ^^^^^',
    }));

  it('a query that does not fit its table says which column', () =>
    expectFailure({
      sql: "CREATE TEMPORARY TABLE o (n BIGINT) WITH ('connector' = 'blackhole');\nINSERT INTO o SELECT 'a';\n",
      exit: 2,
      what: "Error SQL_TYPE in job.sql, line 2, column 22: Column 'n' is BIGINT, but the query gives CHAR(1).",
      todo: 'Use CAST(… AS BIGINT).',
    }));

  it('a cast that fails shows the value and fails the job, not the statement', () =>
    expectFailure({
      sql: "SELECT CAST(s AS INT) FROM (VALUES ('1'), ('x')) AS t(s);\n",
      exit: 1,
      what: "Error SQL_CAST in job.sql, line 1, column 8: Cannot cast 'x' to INT.",
      where: ['|        ^^^^^^^^^^^^^^'],
      todo: 'TRY_CAST gives NULL for such values.',
    }));

  it('a subquery that gives two rows is told at its place', () =>
    expectFailure({
      sql: 'SELECT\n  (SELECT n FROM (VALUES (1), (2)) AS t(n));\n',
      exit: 1,
      what: 'Error SQL_EXECUTION in job.sql, line 2, column 3: A subquery used as a value gave more than one row.',
      todo: 'Take one row by LIMIT 1, or by an aggregate such as MAX(…).',
    }));

  it('a division by zero says how to get NULL', () =>
    expectFailure({
      sql: 'SELECT 1 / n FROM (VALUES (1), (0)) AS t(n);\n',
      exit: 1,
      what: 'Error SQL_EXECUTION in job.sql, line 1, column 8: Division by zero, where n is 0.',
      todo: 'Divide by NULLIF(divisor, 0) to get NULL for such rows.',
    }));
});

describe('options', () => {
  it('an unknown option of a files table has near names', () =>
    expectFailure({
      sql: reading('data', 'csv', ", 'csv.feld-delimiter' = ';'"),
      exit: 2,
      what: "Error OPTION_UNKNOWN in job.sql, line 2, column 70: Table t: unknown option 'csv.feld-delimiter'.",
      todo: "Did you mean 'csv.field-delimiter'?",
    }));

  it('an unknown option of a datagen table names the table and its place', () =>
    expectFailure({
      sql:
        "CREATE TEMPORARY TABLE t (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'rows-per-sec' = '1');\n" +
        'SELECT * FROM t;\n',
      exit: 2,
      what: "Error OPTION_UNKNOWN in job.sql, line 1, column 89: Table t: unknown option 'rows-per-sec'.",
      todo: "Did you mean 'rows-per-second'?",
    }));

  it('an unknown connector has near names', () =>
    expectFailure({
      sql: "CREATE TEMPORARY TABLE t (n INT) WITH ('connector' = 'filesystm');\nSELECT * FROM t;\n",
      exit: 2,
      what:
        'Error PLAN_CONNECTOR in job.sql, line 2, column 15: ' +
        "Table default_catalog.default_database.t cannot be read: its connector 'filesystm' is not known.",
      todo: "Did you mean 'filesystem'?",
    }));

  it('an unknown format lists the formats', () =>
    expectFailure({
      sql: reading('data', 'parqet'),
      exit: 2,
      what: "Error OPTION_VALUE in job.sql, line 2, column 52: Table t: format 'parqet' is not supported.",
      todo: 'Formats: parquet, csv, json, debezium-json, canal-json, maxwell-json, ogg-json.',
    }));

  it('an unknown key of SET is placed, with near names', () =>
    expectFailure({
      sql: "SET 'millstream.memry' = '1 GB';\nSELECT 1;\n",
      exit: 2,
      what: "Error OPTION_UNKNOWN in job.sql, line 1, column 5: There is no option 'millstream.memry'.",
      todo: "Did you mean 'millstream.memory', 'millstream.gpus', 'millstream.bundle.memory'?",
    }));

  it('an unknown key of -D has near names', () =>
    expectFailure({
      sql: 'SELECT 1;\n',
      args: ['-D', 'paralellism.default=2'],
      exit: 2,
      what: "Error OPTION_UNKNOWN: There is no option 'paralellism.default'.",
      todo: "Did you mean 'parallelism.default'?",
    }));

  it('a value that does not fit says what the key takes', () =>
    expectFailure({
      sql: "SET 'parallelism.default' = 'two';\nSELECT 1;\n",
      exit: 2,
      what:
        "Error OPTION_VALUE in job.sql, line 1, column 5: 'parallelism.default' cannot be 'two': " +
        'it is a whole number, at least 1, at most 1024.',
      todo: 'Workers of each Python stage; by default as many as the machine has cores and its memory allows.',
    }));
});

describe('the machine', () => {
  it('a Python that is not there says how to name one', () =>
    expectFailure({
      sql: 'SELECT 1;\n',
      environment: { MILLSTREAM_PYTHON: '/nowhere/python' },
      exit: 1,
      what: 'Error PYTHON_NOT_FOUND: There is no Python interpreter at /nowhere/python.',
      todo: 'Name one (3.10 or newer) with python.executable or MILLSTREAM_PYTHON.',
    }));

  it('memory that cannot hold the job comes with the sum and the least that works', () =>
    expectFailure({
      sql: 'SELECT 1;\n',
      args: ['-D', 'millstream.memory=20 MB', '-D', 'parallelism.default=2'],
      exit: 1,
      what:
        'Error MEMORY_TOO_SMALL: The job does not fit into 20 MiB: overhead 48 MiB + core 112 MiB + exchanges 32 MiB + ' +
        'relational workers 106 MiB = 298 MiB.',
      todo: "Set 'millstream.memory' to 298 MiB or more, or lower what is fixed.",
    }));

  it('a cap in which no worker can start says the least that works', () =>
    expectFailure({
      sql: 'SELECT 1;\n',
      args: ['-D', 'millstream.worker.memory=5 MB'],
      exit: 1,
      what: 'Error MEMORY_TOO_SMALL: A function worker cannot start in 5 MiB: interpreter, pyarrow and one bundle need 128 MiB.',
      todo: "Set 'millstream.worker.memory' to 128 MiB or more.",
    }));
});
