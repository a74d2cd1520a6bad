import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogicalPlan, parseTypeText } from '../../../core/index.js';
import { renderStageQuery } from '../../../core/render/relation.js';
import { renderScan } from '../../../core/render/scan.js';
import { type QueryResult, runInDuckDb } from './duckdb.js';

type Scan = Extract<LogicalPlan, { kind: 'scan' }>;

interface ScanOfTest {
  readonly columns: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly read?: readonly string[];
  readonly partitionedBy?: readonly string[];
}

function scanOf({ columns, options, read = Object.keys(columns), partitionedBy = [] }: ScanOfTest): Scan {
  const typed = Object.entries(columns).map(([name, type]) => ({ name, type: parseTypeText(type) }));
  return {
    kind: 'scan',
    span: null,
    columns: read.map((name) => ({ id: name, ...typed.find((column) => column.name === name)! })),
    table: {
      path: ['default_catalog', 'default_database', 't'],
      connector: 'filesystem',
      options: { connector: 'filesystem', path: 'data', ...options },
      columns: typed,
      primaryKey: [],
      partitionedBy,
    },
  };
}

const text = (scan: ScanOfTest, files: readonly string[] = ['data/a']): string =>
  renderScan(scanOf(scan), () => files);

describe('the SQL of a file scan', () => {
  it('reads Parquet columns by name, with the declared types', () => {
    const columns = { id: 'BIGINT', Name: 'STRING', at: 'TIMESTAMP(3)' };

    expect(text({ columns, options: { format: 'parquet' }, read: ['Name', 'id'] })).toBe(
      `(SELECT CAST("Name" AS VARCHAR) AS "Name", CAST(id AS BIGINT) AS id FROM read_parquet('data/a'))`,
    );
  });

  it('takes partition columns from the names of folders', () => {
    const scan = {
      columns: { id: 'INT', day: 'DATE' },
      options: { format: 'parquet' },
      partitionedBy: ['day'],
    };

    expect(text({ ...scan, read: ['day'] }, ['d/day=2024-01-01/a', 'd/day=2024-01-02/b'])).toBe(
      "(SELECT CAST(day AS DATE) AS day FROM read_parquet(['d/day=2024-01-01/a', 'd/day=2024-01-02/b'], " +
        'union_by_name = true, hive_partitioning = true, hive_types_autocast = false))',
    );
  });

  it('gives NULL for Parquet columns that come and go, of a monitored folder also where no file at hand has them', () => {
    const options = { format: 'parquet', 'source.monitor-interval': '1 s' };

    expect(text({ columns: { id: 'BIGINT', name: 'STRING' }, options, read: ['name'] })).toBe(
      "(SELECT CAST(name AS VARCHAR) AS name FROM read_parquet('data/<files that have come>', schema = MAP " +
        "{'name': {'name': 'name', 'type': 'VARCHAR', 'default_value': NULL}}, explicit_cardinality = 1000000))",
    );
  });

  it('reads CSV columns by position, all options given', () => {
    expect(
      text({ columns: { id: 'INT', ok: 'BOOLEAN' }, options: { format: 'csv', 'csv.null-literal': '' } }),
    ).toBe(
      `(SELECT id, lower(trim(ok)) = 'true' AS ok FROM read_csv('data/a', header = false, auto_detect = false, ` +
        `columns = {'id': 'INTEGER', 'ok': 'VARCHAR'}, delim = ',', quote = '"', escape = '"', nullstr = '', ` +
        'null_padding = true))',
    );
  });

  it('reads only the JSON fields that the query uses', () => {
    expect(text({ columns: { id: 'INT', s: 'STRING' }, options: { format: 'json' }, read: ['id'] })).toBe(
      "(SELECT id FROM read_json('data/a', format = 'newline_delimited', columns = {'id': 'INTEGER'}))",
    );
  });

  it('quotes paths and delimiters', () => {
    const sql = text({ columns: { a: 'STRING' }, options: { format: 'csv', 'csv.field-delimiter': "'" } }, [
      "it's",
    ]);

    expect(sql).toContain("read_csv('it''s'");
    expect(sql).toContain("delim = ''''");
  });
});

/** A file, the table that reads it, and what real Flink 2.3 gave for them, or a part of the error. */
interface FileCase extends ScanOfTest {
  readonly title: string;
  readonly content: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: RegExp;
}

const JSON_LINES = `{"id": 1, "s": "a", "ts": "2018-03-11 03:10:00.123", "d": "2024-01-01", "raw": "aGk=", "bo": true, "r": {"n": "p"}, "arr": ["x", null], "m": {"k": 1}, "lt": "2024-01-01 00:00:00Z"}
{"id": "7", "s": 5, "bo": "true"}

{"ID": 9, "s": {"a": 1}, "id": null}
{"id": 11, "s": [1, "x"]}
`;
const NULLS = [null, null, null, null, null];

const fileCases: readonly FileCase[] = [
  {
    title:
      'csv: where errors are ignored, fields that do not fit are NULL, rows with too many fields are left out',
    content: `1,a,1.5,2024-01-01 00:00:00,true
2,"b ""q"" ,x",,,
,,,,
 3 , sp ,2,2024-01-01 00:00:00.123,false
4,""
5,e,1,2024-01-02 00:00:00,true,extra
`,
    columns: { id: 'INT', s: 'STRING', d: 'DOUBLE', ts: 'TIMESTAMP(3)', bo: 'BOOLEAN' },
    options: { format: 'csv', 'csv.ignore-parse-errors': 'true' },
    rows: [
      [1, 'a', 1.5, '2024-01-01 00:00:00', true],
      [2, 'b "q" ,x', null, null, false],
      [null, '', null, null, false],
      [3, ' sp ', 2, '2024-01-01 00:00:00.123', false],
      [4, '', null, null, null],
    ],
  },
  {
    title: 'csv: the null literal is NULL, an empty field is an empty text',
    content: '1,a,1.5\n2,,\n4,""\n',
    columns: { id: 'STRING', s: 'STRING', d: 'STRING' },
    options: { format: 'csv', 'csv.null-literal': 'a' },
    rows: [
      ['1', null, '1.5'],
      ['2', '', ''],
      ['4', '', null],
    ],
  },
  {
    title: 'csv: without a null literal nothing is NULL',
    content: '1,\n2,x\n',
    columns: { id: 'INT', s: 'STRING' },
    options: { format: 'csv' },
    rows: [
      [1, ''],
      [2, 'x'],
    ],
  },
  {
    title: 'csv: a number that is empty fails with its line and column',
    content: '1,2\n,3\n',
    columns: { a: 'INT', b: 'INT' },
    options: { format: 'csv' },
    error: /Line: 2[\s\S]*column "a"/,
  },
  {
    title: 'csv: other delimiters, dates and base64',
    content: '2;2024-01-02;10:11:12.5;aGk=\r\n',
    columns: { id: 'INT', d: 'DATE', t: 'TIME(3)', raw: 'BYTES' },
    options: { format: 'csv', 'csv.field-delimiter': ';' },
    rows: [[2, '2024-01-02', '10:11:12.5', { $bytes: 'aGk=' }]],
  },
  {
    title: 'csv: an empty file has no rows',
    content: '',
    columns: { id: 'INT' },
    options: { format: 'csv' },
    rows: [],
  },
  {
    title: 'json: fields by name, missing ones NULL, numbers in quotes, anything as STRING',
    content: JSON_LINES,
    columns: {
      id: 'BIGINT',
      s: 'STRING',
      ts: 'TIMESTAMP(3)',
      d: 'DATE',
      raw: 'BYTES',
      bo: 'BOOLEAN',
      r: 'ROW<n STRING>',
      arr: 'ARRAY<STRING>',
      m: 'MAP<STRING, INT>',
      lt: 'TIMESTAMP_LTZ(3)',
    },
    options: { format: 'json' },
    rows: [
      [
        1,
        'a',
        '2018-03-11 03:10:00.123',
        '2024-01-01',
        { $bytes: 'aGk=' },
        true,
        ['p'],
        ['x', null],
        { $map: [['k', 1]] },
        '2024-01-01 00:00:00Z',
      ],
      [7, '5', null, null, null, true, null, null, null, null],
      [null, '{"a":1}', null, null, null, ...NULLS],
      [11, '[1,"x"]', null, null, null, ...NULLS],
    ],
  },
  {
    title: 'json: a DECIMAL keeps digits that a DOUBLE would lose',
    content:
      '{"b": 1000000000000000000.059999999999999999}\n{"b": "4.50"}\n{"b": -0.000000000000000001}\n{}\n',
    columns: { b: 'DECIMAL(38, 18)' },
    options: { format: 'json' },
    rows: [
      ['1000000000000000000.059999999999999999'],
      ['4.500000000000000000'],
      ['-0.000000000000000001'],
      [null],
    ],
  },
  {
    title: 'json: a line that is no JSON fails',
    content: '{"id": 1}\n{"id": }\n{"id": 3}\n',
    columns: { id: 'INT' },
    options: { format: 'json' },
    error: /Malformed JSON/,
  },
  {
    title:
      'json: where errors are ignored, a line that is no JSON is left out, a field that does not fit is NULL',
    content: '{"id": 1}\n{"id": }\n{"id": "x"}\n',
    columns: { id: 'INT' },
    options: { format: 'json', 'json.ignore-parse-errors': 'true' },
    rows: [[1], [null]],
  },
  {
    title: 'json: where errors are ignored, each object of an array is a row, and other values are left out',
    content: '{"id": 1}\n[1]\n5\nnull\n[{"id": 7}, {"id": 8}]\n',
    columns: { id: 'INT' },
    options: { format: 'json', 'json.ignore-parse-errors': 'true' },
    rows: [[1], [7], [8]],
  },
  {
    title: 'json: an empty file has no rows',
    content: '',
    columns: { id: 'INT' },
    options: { format: 'json' },
    rows: [],
  },
];

const results = runAll(mkdtempSync(join(tmpdir(), 'millstream-scan-')));

function runAll(folder: string): readonly QueryResult[] {
  try {
    return runInDuckDb(
      [],
      fileCases.map((one, position) => queryOf(one, join(folder, String(position)))),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the file; one struct for each of its rows. */
function queryOf(one: FileCase, file: string): string {
  writeFileSync(file, one.content);
  const plan = scanOf(one);
  const outputs = plan.columns.map(({ id, name, type }) => ({ id, name, type }));
  const sql = renderStageQuery(plan, outputs, { resolveFiles: () => [file], sql: null });
  return `SELECT struct_pack(${outputs.map(({ name }) => `"${name}"`).join(', ')}) FROM (${sql})`;
}

describe('file scans read what Flink reads', () => {
  it.each(fileCases.map((one, position) => ({ ...one, position })))('$title', ({ rows, error, position }) => {
    const result = results[position]!;

    if (error === undefined) expect(result).toMatchObject({ values: rows });
    else expect(result).toMatchObject({ error: expect.stringMatching(error) });
  });
});
