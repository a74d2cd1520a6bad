import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ended, millstream, startMillstream } from '../cli/support/command.js';
import { PostgresServer, whyNoPostgres } from './support/postgres-server.js';
import { printedRows, tableText } from './support/printed-rows.js';

const reason = whyNoPostgres();
if (reason !== null) console.warn(`tests of lookups in PostgreSQL are skipped: ${reason}`);

let server: PostgresServer;

const table = (name: string, columns: string, options: Readonly<Record<string, string>> = {}) =>
  tableText(name, columns, {
    connector: 'jdbc',
    url: server.url,
    username: 'tester',
    'table-name': name,
    ...options,
  });

const ORDERS = 'id BIGINT, item STRING, n INT, price DECIMAL(10, 3), pt AS PROCTIME()';
const STREAM = tableText('orders', ORDERS, { connector: 'stdin', format: 'json' });

describe.skipIf(reason !== null)('lookups in PostgreSQL', () => {
  beforeAll(async () => {
    server = await PostgresServer.start();
    server.sql(`CREATE TABLE orders (id int8, item text, n int4, price numeric(10, 3));
      INSERT INTO orders VALUES (1, 'a', 1, 1.005), (2, 'b', 2, 1.01), (3, 'gone', 3, 0), (4, NULL, NULL, NULL), (5, 'a', 70000, 7);
      CREATE TABLE items (name varchar(3) PRIMARY KEY, stock int4, "Kind" text);
      INSERT INTO items VALUES ('a', 1, 'x'), ('b', NULL, 'y'), ('gon', 3, 'z');
      CREATE TABLE sizes (n int2, price numeric(10, 2), size text);
      INSERT INTO sizes VALUES (1, 1.01, 's'), (1, 1.00, 'm'), (2, 1.01, 'l'), (NULL, NULL, 'xl')`);
  }, 60_000);
  afterAll(() => server[Symbol.dispose]());

  it('each row meets the rows of its key, INNER and LEFT, through casts, conditions and computed columns', async () => {
    const tables = `${table('orders', ORDERS)}
      ${table('items', 'name STRING, stock INT, `Kind` STRING, more AS COALESCE(stock, 0) + 100, PRIMARY KEY (name) NOT ENFORCED')}
      ${table('sizes', 'n BIGINT, price DECIMAL(10, 3), size STRING')}`;
    const rows = (select: string) => printedRows(`${tables} ${select}`);

    const inner = await rows(
      'SELECT id, i.stock, i.`Kind` FROM orders AS o JOIN items FOR SYSTEM_TIME AS OF o.pt AS i ON o.item = i.name',
    );
    const left = await rows(
      "SELECT id, i.stock, i.more FROM orders AS o LEFT JOIN items FOR SYSTEM_TIME AS OF o.pt AS i ON LOWER(o.item) = i.name AND i.`Kind` <> 'x'",
    );
    const several = await rows(
      'SELECT id, s.size FROM orders AS o LEFT JOIN sizes FOR SYSTEM_TIME AS OF o.pt AS s ON o.n = s.n AND s.price > o.price',
    );
    const decimals = await rows(
      'SELECT id, s.size FROM orders AS o JOIN sizes FOR SYSTEM_TIME AS OF o.pt AS s ON o.price = s.price AND s.n < 2',
    );

    expect(inner).toEqual([
      ['+I', 1, 1, 'x'],
      ['+I', 2, null, 'y'],
      ['+I', 5, 1, 'x'],
    ]);
    expect(left).toEqual([
      ['+I', 1, null, null],
      ['+I', 2, null, 100],
      ['+I', 3, null, null],
      ['+I', 4, null, null],
      ['+I', 5, null, null],
    ]);
    expect(several).toEqual([
      ['+I', 1, 's'],
      ['+I', 2, null],
      ['+I', 3, null],
      ['+I', 4, null],
      ['+I', 5, null],
    ]);
    expect(decimals).toEqual([['+I', 2, 's']]);
  }, 120_000);

  it('Python makes keys, tests what is found, and reads it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millstream-lookup-'));
    writeFileSync(
      join(folder, 'shop.py'),
      `from millstream import udf

@udf
def first(text: str) -> str:
    return text[0]

@udf
def is_known(stock: int) -> bool:
    return stock > 0

@udf
def label(kind: str | None, stock: int | None) -> str:
    return f"{kind}: {stock}"
`,
    );
    const script = `SET 'python.files' = '${folder}/shop.py';
      CREATE FUNCTION first AS 'shop.first' LANGUAGE PYTHON; CREATE FUNCTION is_known AS 'shop.is_known' LANGUAGE PYTHON;
      CREATE FUNCTION label AS 'shop.label' LANGUAGE PYTHON;
      ${table('orders', ORDERS)}
      ${table('items', 'name STRING, stock INT, `Kind` STRING, PRIMARY KEY (name) NOT ENFORCED')}
      SELECT id, label(i.\`Kind\`, i.stock) FROM orders AS o
      LEFT JOIN items FOR SYSTEM_TIME AS OF o.pt AS i ON first(o.item) = i.name AND is_known(i.stock)`;
    try {
      expect(await printedRows(script)).toEqual([
        ['+I', 1, 'x: 1'],
        ['+I', 2, 'None: None'],
        ['+I', 3, 'None: None'],
        ['+I', 4, 'None: None'],
        ['+I', 5, 'x: 1'],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('a row sees the table as it is when it comes, or as it was cached; a server that goes away is asked again', async () => {
    server.sql("CREATE TABLE moods (k text PRIMARY KEY, mood text); INSERT INTO moods VALUES ('a', 'old')");
    const cached = {
      'table-name': 'moods',
      'lookup.cache': 'PARTIAL',
      'lookup.partial-cache.max-rows': '10',
    };
    const job = startMillstream([
      'run',
      '-e',
      `${STREAM} ${table('moods', 'k STRING, mood STRING, PRIMARY KEY (k) NOT ENFORCED')}
       ${table('kept', 'k STRING, mood STRING, PRIMARY KEY (k) NOT ENFORCED', cached)}
       SELECT o.id, m.mood, c.mood FROM orders AS o
       LEFT JOIN moods FOR SYSTEM_TIME AS OF o.pt AS m ON o.item = m.k
       LEFT JOIN kept FOR SYSTEM_TIME AS OF o.pt AS c ON o.item = c.k`,
      '--format',
      'jsonl',
    ]);
    const end = ended(job);
    const answer = answersOf(job);

    expect(await answer(1, 'a')).toEqual(['old', 'old']);
    server.sql("UPDATE moods SET mood = 'new'; INSERT INTO moods VALUES ('b', 'first')");
    expect(await answer(2, 'a')).toEqual(['new', 'old']);
    server.stop();
    const late = answer(3, 'b');
    await new Promise<void>((resolve) =>
      job.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('is asked again')) resolve();
      }),
    );
    server.resume();
    expect(await late).toEqual(['first', 'first']);
    job.stdin.end();
    expect((await end).code).toBe(0);
  }, 120_000);

  it('a row that is not there yet is asked for again', async () => {
    server.sql("CREATE TABLE later (k text PRIMARY KEY, mood text); INSERT INTO later VALUES ('a', 'there')");
    const retry =
      "'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '20 ms'";
    const job = startMillstream([
      'run',
      '-e',
      `${STREAM} ${table('later', 'k STRING, mood STRING, PRIMARY KEY (k) NOT ENFORCED')}
       SELECT /*+ LOOKUP('table' = 'l', ${retry}, 'max-attempts' = '100000') */ o.id, l.mood FROM orders AS o
       LEFT JOIN later FOR SYSTEM_TIME AS OF o.pt AS l ON o.item = l.k`,
      '--format',
      'jsonl',
    ]);
    const end = ended(job);

    const answer = answersOf(job);
    const asked = (since: string) =>
      server.sql(`SELECT query_start FROM pg_stat_activity WHERE application_name = 'millstream' AND state = 'idle'
        AND query LIKE '%later%' AND query_start > '${since}' ORDER BY 1 DESC`)[0];

    expect(await answer(1, 'a')).toEqual(['there']);
    const before = await vi.waitUntil(() => asked('-infinity'), 60_000);
    const late = answer(2, 'z');
    await vi.waitFor(() => expect(asked(before)).toBeDefined(), 60_000);
    server.sql("INSERT INTO later VALUES ('z', 'come')");

    expect(await late).toEqual(['come']);
    job.stdin.end();
    expect((await end).code).toBe(0);
  }, 120_000);

  it('tells what cannot be looked up', async () => {
    const told = async (columns: string, on: string, options: Readonly<Record<string, string>> = {}) => {
      const query = `SELECT o.id FROM orders AS o JOIN items FOR SYSTEM_TIME AS OF o.pt AS i ON ${on}`;
      const script = `${table('orders', ORDERS)} ${table('items', columns, options)} ${query}`;
      return (await millstream(['run', '-e', script, '--quiet'])).stderr;
    };

    const [unknown, nowhere, option, unreachable] = await Promise.all([
      told('nme STRING', 'o.item = i.nme'),
      told('name STRING', 'o.item = i.name', { 'table-name': 'nowhere' }),
      told('name STRING', 'o.item = i.name', { 'lookup.cache': 'FULL' }),
      told('name STRING', 'o.item = i.name', {
        url: 'jdbc:postgresql://127.0.0.1:1/db',
        'lookup.max-retries': '0',
      }),
    ]);

    expect(unknown).toMatch(/Error SOURCE_TABLE: .* has no column 'nme'\.\nDid you mean 'name'\?/);
    expect(nowhere).toContain('Error SOURCE_TABLE: Table items: the database has no table nowhere.');
    expect(option).toMatch(/option 'lookup.cache' is 'FULL'\.\n[\s\S]*Values: NONE, PARTIAL\./);
    expect(unreachable).toContain('Error SOURCE_CONNECTION: Table items: PostgreSQL at 127.0.0.1:1/db');
  }, 120_000);
});

/** Sends a row to a job and waits for the columns behind `id` that it prints for it. */
function answersOf(
  job: ReturnType<typeof startMillstream>,
): (id: number, item: string) => Promise<unknown[]> {
  let printed = '';
  return async (id, item) => {
    const line = new Promise<string>((resolve) => {
      const take = (chunk: Buffer) => {
        printed += chunk.toString();
        const found = printed.split('\n').find((text) => text.includes(`[${id},`));
        if (found === undefined) return;
        job.stdout.off('data', take);
        resolve(found);
      };
      job.stdout.on('data', take);
    });
    job.stdin.write(`${JSON.stringify({ id, item })}\n`);
    return JSON.parse(await line).row.slice(1);
  };
}
