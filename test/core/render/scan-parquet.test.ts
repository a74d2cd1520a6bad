import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type DataType, type ScanTable, types } from '../../../core/index.js';
import { renderParquetScan } from '../../../core/render/scan-parquet.js';
import { runInDuckDb } from './duckdb.js';

const folder = mkdtempSync(join(tmpdir(), 'millstream-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COLUMNS: Readonly<Record<string, DataType>> = {
  a: types.bigint(),
  at: types.timestamp(6),
  note: types.string(),
  p: types.string(),
};

function scanOf(files: readonly string[], isPartitioned = false, isMonitored = false): string {
  const columns = Object.keys(COLUMNS).filter((name) => isPartitioned || name !== 'p');
  const table: ScanTable = {
    path: ['default_catalog', 'default_database', 't'],
    connector: 'filesystem',
    options: {},
    columns: columns.map((name) => ({ name, type: COLUMNS[name]! })),
    primaryKey: [],
    partitionedBy: isPartitioned ? ['p'] : [],
  };
  return renderParquetScan({ table, columns, files: files.map((file) => join(folder, file)) }, isMonitored);
}

const write = (file: string, row: string) =>
  `COPY (SELECT ${row}) TO '${join(folder, file)}' (FORMAT parquet)`;
const WHOLE = "9007199254740993::BIGINT AS a, TIMESTAMP '9999-12-31 00:00:00' AS at";
const OTHER = "1::DOUBLE AS A, TIMESTAMP_NS '2001-09-09 01:46:40' AS at, 'n' AS note";
const OTHER_ROW = [1, '2001-09-09 01:46:40', 'n'];
const WHOLE_ROW = ['9007199254740993', '9999-12-31 00:00:00', null];
const rows = (...all: readonly (readonly unknown[])[]) => ({
  values: all.map((row) => row.map((value) => (value === null ? null : String(value)))),
});

const many = Array.from({ length: 33 }, (_, i) => (i === 0 ? '2.parquet' : '1.parquet'));
const partitioned = ['p=x/1.parquet', 'p=y/2.parquet'];
for (const file of partitioned) mkdirSync(join(folder, file, '..'));
const scans = {
  named: scanOf(['2.parquet', '1.parquet']),
  many: scanOf(many),
  pattern: scanOf(['?.parquet']),
  monitored: scanOf(['2.parquet', '1.parquet'], false, true),
  partitioned: scanOf(partitioned, true),
  lacking: scanOf(['1.parquet', '1.parquet']),
  lackingMany: scanOf(many.slice(1).concat('1.parquet')),
  lackingMonitored: scanOf(['1.parquet'], false, true),
};
const setup = [
  write('1.parquet', WHOLE),
  write('2.parquet', OTHER),
  write('p=x/1.parquet', WHOLE),
  write('p=y/2.parquet', OTHER),
];
const texts = (scan: string) =>
  `SELECT [CAST(a AS VARCHAR), CAST("at" AS VARCHAR), note] FROM ${scan} ORDER BY a`;
const results = runInDuckDb(setup, Object.values(scans).map(texts));
const resultOf = (name: keyof typeof scans) => results[Object.keys(scans).indexOf(name)];

it.each(['named', 'pattern', 'monitored', 'partitioned'] as const)(
  'files of other types are each cast to the declared types, what one lacks is NULL: %s',
  (name) => expect(resultOf(name)).toMatchObject(rows(OTHER_ROW, WHOLE_ROW)),
);

it('many files of other types are each cast to the declared types', () =>
  expect(resultOf('many')).toMatchObject(rows(OTHER_ROW, ...many.slice(1).map(() => WHOLE_ROW))));

it.each(['lacking', 'lackingMany'] as const)('a column that no file of a batch has is an error: %s', (name) =>
  expect(resultOf(name)).toMatchObject({ error: expect.stringMatching(/"?note"?/) }),
);

it('a column that no file of a monitored folder has is NULL', () =>
  expect(resultOf('lackingMonitored')).toMatchObject(rows(WHOLE_ROW)));
