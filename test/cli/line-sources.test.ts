import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { millstream } from './support/command.js';

function rowsOf(stdout: Buffer): unknown[] {
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { op, row } = JSON.parse(line);
      return [op, ...row];
    });
}

it('lines of standard input are the rows of a table', async () => {
  const sql = `CREATE TABLE lines (a BIGINT, b STRING) WITH ('connector' = 'stdin', 'format' = 'json');
    SELECT a + 1, UPPER(b) FROM lines`;
  const { code, stdout } = await millstream(
    ['run', '-e', sql, '--format', 'jsonl'],
    '{"a": 1, "b": "x"}\n{"a": 9223372036854775806}',
  );

  expect(code).toBe(0);
  expect(stdout.toString()).toBe('{"op":"+I","row":[2,"X"]}\n{"op":"+I","row":[9223372036854775807,null]}\n');
}, 60_000);

it('lines of standard input go to all inserts of a statement set', async () => {
  const sql = `CREATE TABLE lines (a BIGINT) WITH ('connector' = 'stdin', 'format' = 'json');
    CREATE TABLE odd (a BIGINT) WITH ('connector' = 'print', 'print-identifier' = 'odd');
    CREATE TABLE tens (a BIGINT) WITH ('connector' = 'print', 'print-identifier' = 'tens');
    EXECUTE STATEMENT SET BEGIN
      INSERT INTO odd SELECT a FROM lines WHERE MOD(a, 2) = 1;
      INSERT INTO tens SELECT a * 10 FROM lines;
    END`;
  const { code, stdout, stderr } = await millstream(['run', '-e', sql], '{"a": 1}\n{"a": 2}\n');

  expect(code, stderr).toBe(0);
  expect(stdout.toString().trim().split('\n').sort()).toEqual(['odd> +I[1]', 'tens> +I[10]', 'tens> +I[20]']);
}, 60_000);

it('change events from a socket are rows that come and go, with event time', async () => {
  const events = [
    '{"before":null,"after":{"id":1,"v":5,"ts":"2024-01-01 00:00:01"},"op":"c"}',
    '{"before":{"id":1,"v":5,"ts":"2024-01-01 00:00:01"},"after":{"id":1,"v":7,"ts":"2024-01-01 00:00:02"},"op":"u"}',
    '{"before":{"id":1,"v":7,"ts":"2024-01-01 00:00:02"},"after":null,"op":"d"}',
  ];
  const server = createServer((socket) => socket.end(`${events.join('\0')}\0`)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  try {
    const sql = `CREATE TABLE events (id BIGINT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
        'connector' = 'socket', 'hostname' = '127.0.0.1', 'port' = '${port}', 'byte-delimiter' = '0', 'format' = 'debezium-json');
      SELECT id, v * 10 FROM events`;
    const { code, stdout } = await millstream(['run', '-e', sql, '--format', 'jsonl']);

    expect(code).toBe(0);
    expect(rowsOf(stdout)).toEqual([
      ['+I', 1, 50],
      ['-U', 1, 50],
      ['+U', 1, 70],
      ['-D', 1, 70],
    ]);
  } finally {
    server.close();
  }
}, 60_000);

it('lines that cannot be read are dead letters, with their number and text, and the others are rows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millstream-lines-'));
  const letters = join(folder, 'rejected.jsonl');
  try {
    const sql = `SET 'millstream.dead-letter.path' = '${letters}';
      CREATE TABLE lines (a BIGINT) WITH ('connector' = 'stdin', 'format' = 'json', 'scan.on-parse-error' = 'dead_letter');
      SELECT a FROM lines`;
    const { code, stdout, stderr } = await millstream(
      ['run', '-e', sql, '--format', 'jsonl'],
      '{"a": 1}\n{"a": "x"}\nno\n{"a": 4}\n',
    );

    expect([code, rowsOf(stdout)]).toEqual([
      0,
      [
        ['+I', 1],
        ['+I', 4],
      ],
    ]);
    expect(stderr).toContain(`table lines: records that cannot be read are left out, see ${letters}`);
    const lines = (await readFile(letters, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        code: 'SOURCE_RECORD',
        function: null,
        row: { line: '2', value: '{"a": "x"}' },
      }),
      expect.objectContaining({
        message: expect.stringContaining('table lines'),
        row: { line: '3', value: 'no' },
      }),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

it('a line that does not fit its columns is told with its number', async () => {
  const create = "CREATE TABLE lines (a BIGINT) WITH ('connector' = 'stdin', 'format' =";
  const wrong = await millstream(['run', '-e', `${create} 'csv'); SELECT * FROM lines`], '1\nx\n');
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('line 2 cannot be read: field "a": "x" is no BIGINT'),
  ]);
}, 60_000);
