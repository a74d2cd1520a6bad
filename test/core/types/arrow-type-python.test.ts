import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Table, tableToIPC } from 'apache-arrow';
import { expect, it } from 'vitest';
import { parseTypeText, toArrowSchema } from '../../../core/index.js';
import { testPython } from '../render/duckdb.js';

const texts = [
  'NULL',
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL(10, 2)',
  'DECIMAL(38, 18)',
  'CHAR(3)',
  'VARCHAR(10)',
  'STRING',
  'BINARY(2)',
  'BYTES',
  'DATE',
  'TIME(0)',
  'TIMESTAMP(3)',
  'TIMESTAMP(9)',
  'TIMESTAMP_LTZ(3)',
  'TIMESTAMP_LTZ(9)',
  'INTERVAL YEAR TO MONTH',
  'INTERVAL DAY TO SECOND(3)',
  'ARRAY<ARRAY<INT>>',
  'MULTISET<STRING>',
  'MAP<STRING, DECIMAL(5, 1)>',
  'ROW<`a` INT, `b c` ROW<`d` STRING>>',
];

it('gives every SQL type the wire type that the Python package gives it', () => {
  const lines = texts.map((text) => {
    const schema = toArrowSchema([{ name: 'x', type: parseTypeText(text) }]);
    return `${text}\t${Buffer.from(tableToIPC(new Table(schema), 'stream')).toString('base64')}`;
  });

  const done = spawnSync(
    testPython(),
    [fileURLToPath(new URL('./compare_arrow_types.py', import.meta.url))],
    {
      input: lines.join('\n'),
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: fileURLToPath(new URL('../../../python-udf', import.meta.url)) },
    },
  );

  expect(done.stderr).toBe('');
  expect(done.stdout).toBe('');
});
