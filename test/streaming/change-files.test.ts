import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { millstream } from '../cli/support/command.js';
import { printedRows, tableText } from './support/printed-rows.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'change-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const table = (name: string, columns: string, format: string, more: Readonly<Record<string, string>> = {}) =>
  tableText(name, columns, { connector: 'filesystem', path: join(folder, name), format, ...more });

it.each(['debezium-json', 'canal-json', 'maxwell-json', 'ogg-json'])(
  'changes that are written to files as %s are the same table when they are read',
  async (format) => {
    const sales = table('sales', 'id INT, item STRING, price DECIMAL(10, 2)', format);
    const totals = table('totals', 'item STRING, total DECIMAL(38, 2)', format);
    const script = `${sales}${totals}
      INSERT INTO sales VALUES (1, 'a', 1.50), (2, 'b', 100.00), (3, 'a', NULL);
      INSERT INTO totals SELECT item, SUM(price) FROM sales GROUP BY item;
      INSERT INTO totals SELECT item, price FROM sales WHERE id = 2;
      SELECT item, COUNT(*), SUM(total) FROM totals GROUP BY item`;
    expect((await printedRows(script)).sort()).toEqual([
      ['+I', 'a', 1, '1.50'],
      ['+I', 'b', 2, '200.00'],
    ]);
  },
  60_000,
);

it('partitions of records are folders, and checkpoints show their parts', async () => {
  const partitioned = (name: string) =>
    table(name, 'id INT, dt DATE, name STRING', 'debezium-json').replace(
      ') WITH',
      ') PARTITIONED BY (dt, name) WITH',
    );
  const script = `SET 'execution.checkpointing.interval' = '10 s';
    SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
    ${partitioned('made')}${partitioned('copy')}
    INSERT INTO made VALUES (1, DATE '2024-02-29', 'a/b'), (2, DATE '2024-02-29', CAST(NULL AS STRING));
    INSERT INTO copy SELECT * FROM made;
    SELECT * FROM copy`;
  expect((await printedRows(script, '--mode', 'streaming')).sort()).toEqual([
    ['+I', 1, '2024-02-29', 'a/b'],
    ['+I', 2, '2024-02-29', null],
  ]);
  const day = join(folder, 'copy', 'dt=2024-02-29');
  expect(readdirSync(day).sort()).toEqual(['name=__HIVE_DEFAULT_PARTITION__', 'name=a%2Fb']);
  const [part] = readdirSync(join(day, 'name=a%2Fb'));
  expect(readFileSync(join(day, 'name=a%2Fb', part!), 'utf8')).toBe(
    '{"before":null,"after":{"id":1},"op":"c"}\n',
  );
}, 60_000);

it('EXPLAIN says which files of changes are written', async () => {
  const out = table('events', 'n INT', 'ogg-json');
  const { stdout } = await millstream(['explain', '-e', `${out}INSERT INTO events VALUES (1)`]);
  expect(stdout.toString()).toContain(`writes   events: ogg-json ${join(folder, 'events')}`);
}, 60_000);

it('a table of changes is refused in batch mode, and a format that is not there with those that are', async () => {
  const told = async (sql: string) => (await millstream(['run', '-e', sql, '--quiet'])).stderr;
  const batch = `SET 'execution.runtime-mode' = 'batch'; ${table('t', 'id INT', 'ogg-json')}`;
  expect(await told(`${batch}SELECT * FROM t`)).toContain('Error PLAN_CHANGELOG');
  expect(await told(table('t', 'id INT', 'debezum-json'))).toContain(
    'Formats: parquet, csv, json, debezium-json, canal-json, maxwell-json, ogg-json.',
  );
  expect(await told(`${table('t', 'id INT', 'canal-json', { 'canal-json.colour': 'red' })}`)).toContain(
    'Error OPTION_UNKNOWN in -e, line 1, column',
  );
}, 60_000);
