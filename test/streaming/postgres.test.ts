import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, ended, millstream, startMillstream } from '../cli/support/command.js';
import { until } from '../long/support/until.js';
import { PostgresServer, whyNoPostgres } from './support/postgres-server.js';
import { printedRows, tableText } from './support/printed-rows.js';
import { untilSaid } from './support/until-said.js';

const reason = whyNoPostgres();
if (reason !== null) console.warn(`tests of PostgreSQL are skipped: ${reason}`);

let server: PostgresServer;

const table = (name: string, columns: string, options: Readonly<Record<string, string>>) =>
  tableText(name, columns, { connector: 'jdbc', url: server.url, username: 'tester', ...options });

/** Options of a table whose changes are followed, through a slot of its own. */
const followed = (name: string) => ({
  connector: 'postgres-cdc',
  hostname: '127.0.0.1',
  port: String(server.port),
  username: 'tester',
  'database-name': 'postgres',
  'schema-name': 'public',
  'table-name': name,
  'slot.name': `${name}_slot`,
  'decoding.plugin.name': 'pgoutput',
});

describe.skipIf(reason !== null)('PostgreSQL', () => {
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);
  afterAll(() => server[Symbol.dispose]());

  it('gives back what was written, of every type, exactly', async () => {
    server.sql(`CREATE TABLE things (a int2, b int4, c int8, d float4, e float8, f numeric(30, 5), g text, h varchar(5), i bool,
      j date, k time, l timestamp(6), m timestamptz(6), n bytea, o int4[], p text[])`);
    const columns = `a SMALLINT, b INT, c BIGINT, d FLOAT, e DOUBLE, f DECIMAL(30, 5), g STRING, h VARCHAR(5), i BOOLEAN,
      j DATE, k TIME(3), l TIMESTAMP(6), m TIMESTAMP_LTZ(6), n BYTES, o ARRAY<INT>, p ARRAY<STRING>`;
    const things = table('things', columns, { 'table-name': 'public.things' });
    const rows = await printedRows(`SET 'table.local-time-zone' = 'Asia/Kolkata';
      ${things}
      INSERT INTO things VALUES (CAST(-1 AS SMALLINT), 2, 9007199254740993, CAST(0.1 AS FLOAT), 1e300, 1234567890123456789012345.67891,
        'it''s "x" \\ {y}', 'abcde', TRUE, DATE '0001-01-01', TIME '23:59:59.999', TIMESTAMP '2024-02-29 12:00:00.123456',
        TO_TIMESTAMP_LTZ(1500, 3), CAST('bytes' AS BYTES), ARRAY[1, CAST(NULL AS INT), -3], ARRAY['a,b', '"q"', '', 'NULL']);
      INSERT INTO things (b) VALUES (7);
      SELECT *, CAST(c AS STRING) FROM things ORDER BY b`);

    expect(rows).toEqual([
      [
        '+I',
        -1,
        2,
        expect.any(Number),
        0.1,
        1e300,
        '1234567890123456789012345.67891',
        'it\'s "x" \\ {y}',
        'abcde',
        true,
        '0001-01-01',
        '23:59:59.999',
        '2024-02-29 12:00:00.123456',
        '1970-01-01 00:00:01.5Z',
        { $bytes: 'Ynl0ZXM=' },
        [1, null, -3],
        ['a,b', '"q"', '', 'NULL'],
        '9007199254740993',
      ],
      ['+I', null, 7, ...Array(15).fill(null)],
    ]);
  }, 60_000);

  it('a table is read in ranges of a column, and only what is asked for', async () => {
    server.sql('CREATE TABLE many AS SELECT i AS id, i % 7 AS v FROM generate_series(1, 10000) AS s(i)');
    const many = table('many', 'id BIGINT, v BIGINT, missing STRING', {
      'table-name': 'many',
      'scan.fetch-size': '999',
      'scan.partition.column': 'id',
      'scan.partition.num': '3',
      'scan.partition.lower-bound': '1',
      'scan.partition.upper-bound': '9000',
    });
    const query = 'SELECT COUNT(*), SUM(id), MAX(v) FROM many';
    expect(await printedRows(`${many}${query}`)).toEqual([['+I', 9000, 40504500, 6]]);
  }, 60_000);

  it('rows that change and go are changed and removed there by the primary key', async () => {
    server.sql(
      'CREATE TABLE totals (k int8, n int8, s int8, PRIMARY KEY (k)); INSERT INTO totals VALUES (0, -1, -1), (9, 9, 9)',
    );
    const script = `SET 'execution.runtime-mode' = 'streaming';
      CREATE TABLE events (id BIGINT, v INT) WITH ('connector' = 'stdin', 'format' = 'debezium-json');
      ${table('totals', 'k BIGINT, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED', { 'table-name': 'totals', 'sink.buffer-flush.max-rows': '1' })}
      INSERT INTO totals SELECT id, COUNT(*), SUM(v) FROM events GROUP BY id`;
    const event = (before: object | null, after: object | null, op: string) =>
      JSON.stringify({ before, after, op });
    const events = [
      event(null, { id: 0, v: 1 }, 'c'),
      event(null, { id: 0, v: 2 }, 'c'),
      event(null, { id: 1, v: 5 }, 'c'),
      event(null, { id: 9, v: 5 }, 'c'),
      event({ id: 0, v: 1 }, { id: 0, v: 10 }, 'u'),
      event({ id: 1, v: 5 }, null, 'd'),
    ];
    const { code, stderr } = await millstream(['run', '-e', script], `${events.join('\n')}\n`);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(server.sql('SELECT * FROM totals ORDER BY k')).toEqual(['0|2|12', '9|1|5']);
  }, 60_000);

  it('a row that changes under another key than that of the table leaves what is in force there alone', async () => {
    server.sql(
      'CREATE TABLE few (k text PRIMARY KEY, n int8); CREATE TABLE by_count (k text, n int8 PRIMARY KEY, twice int8)',
    );
    const write = async (target: string, query: string) => {
      const script = `SET 'execution.runtime-mode' = 'streaming';
        CREATE TABLE events (k STRING) WITH ('connector' = 'stdin', 'format' = 'json');
        ${target} ${query}`;
      const keys = ['a', 'b', 'c', 'a', 'b', 'b', 'd'].map((k) => JSON.stringify({ k }));
      const { code, stderr } = await millstream(['run', '-e', script], `${keys.join('\n')}\n`);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    };
    const counts = 'SELECT k, COUNT(*) AS n FROM events GROUP BY k';

    await Promise.all([
      write(
        table('few', 'k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED', { 'table-name': 'few' }),
        `INSERT INTO few SELECT * FROM (${counts}) WHERE n < 2`,
      ),
      write(
        table('by_count', 'k STRING, n BIGINT, twice BIGINT, PRIMARY KEY (n) NOT ENFORCED', {
          'table-name': 'by_count',
        }),
        `INSERT INTO by_count SELECT k, n, 2 * n FROM (${counts}) ON CONFLICT DO DEDUPLICATE`,
      ),
    ]);

    expect(server.sql('SELECT * FROM few ORDER BY k')).toEqual(['c|1', 'd|1']);
    expect(server.sql('SELECT * FROM by_count ORDER BY n')).toEqual(['d|1|2', 'a|2|4', 'b|3|6']);
  }, 60_000);

  it('a table and its changes are followed, through a kill, a restart of the server and transactions of many rows', async () => {
    server.sql(`CREATE TABLE orders (id int8 PRIMARY KEY, item text, price numeric(10, 2), note text);
      ALTER TABLE orders REPLICA IDENTITY FULL; ALTER TABLE orders ALTER note SET STORAGE EXTERNAL;
      CREATE TABLE totals_by_item (item text PRIMARY KEY, n int8, total numeric(20, 2), letters int8);
      INSERT INTO orders SELECT i, 'item ' || i % 3, i, repeat('x', 5000) FROM generate_series(1, 50) AS s(i)`);
    const folder = mkdtempSync(join(tmpdir(), 'millstream-cdc-'));
    const script = join(folder, 'job.sql');
    writeFileSync(
      script,
      `SET 'execution.checkpointing.interval' = '50 ms';
      SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
      ${tableText('orders', 'id BIGINT, item STRING, price DECIMAL(10, 2), note STRING', followed('orders'))}
      ${table('totals', 'item STRING, n BIGINT, total DECIMAL(20, 2), letters BIGINT, PRIMARY KEY (item) NOT ENFORCED', { 'table-name': 'totals_by_item', 'sink.buffer-flush.interval': '0' })}
      INSERT INTO totals SELECT item, COUNT(*), SUM(price), SUM(CHAR_LENGTH(note)) FROM orders GROUP BY item;`,
    );
    const expected = () =>
      server
        .sql('SELECT item, COUNT(*), SUM(price), SUM(length(note)) FROM orders GROUP BY item ORDER BY item')
        .join('\n');
    const written = () => server.sql('SELECT * FROM totals_by_item ORDER BY item').join('\n');
    /** @param end of the job, which is not to come before */
    const caughtUp = async (end: Promise<Ended>) => {
      let died: Ended | null = null;
      end.then((told) => {
        died = told;
      });
      const isOver = async () => died !== null || written() === expected();
      const isSeen = await until(isOver, (seen) => seen, 100_000);
      expect(isSeen, `${written()}\nis not\n${expected()}`).toBe(true);
      if (died !== null) throw new Error(`ended with ${(died as Ended).code}: ${(died as Ended).stderr}`);
    };
    const recovery = ['-D', `execution.state-recovery.path=${folder}/checkpoints`];
    try {
      const first = startMillstream(['run', script]);
      const firstEnd = ended(first);
      await caughtUp(firstEnd);
      server.sql(
        "UPDATE orders SET price = price + 0.5 WHERE id < 20; DELETE FROM orders WHERE item = 'item 1'",
      );
      await caughtUp(firstEnd);
      server.stop();
      server.resume();
      server.sql("INSERT INTO orders SELECT i, 'item 4', 1, '' FROM generate_series(1001, 21000) AS s(i)");
      await caughtUp(firstEnd);
      first.kill('SIGKILL');
      expect((await firstEnd).stderr).toContain('PostgreSQL does not answer, it is tried again');

      server.sql(
        "UPDATE orders SET item = 'item 5' WHERE id > 20000; DELETE FROM orders WHERE item = 'item 2'",
      );
      const second = startMillstream(['run', script, '--quiet', ...recovery]);
      const secondEnd = ended(second);
      await caughtUp(secondEnd);
      second.kill('SIGINT');
      await secondEnd;

      server.sql("SELECT pg_drop_replication_slot('orders_slot')");
      const lost = await millstream([
        'run',
        script,
        '--quiet',
        ...recovery,
        '-D',
        'restart-strategy.type=none',
      ]);
      expect(lost.stderr).toContain(
        'Error SOURCE_REPLICATION: Table orders: its changes cannot be read: there is no slot orders_slot any more.',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);

  it('a server that goes away while it is written to for longer than is tried again has each row once in the end', async () => {
    server.sql('CREATE TABLE squares (id int8 PRIMARY KEY, square int8)');
    const folder = mkdtempSync(join(tmpdir(), 'millstream-away-'));
    const script = `SET 'execution.checkpointing.interval' = '50 ms';
      SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
      SET 'restart-strategy.exponential-delay.initial-backoff' = '100 ms';
      CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '500',
        'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '999999999');
      ${table('squares', 'id BIGINT, square BIGINT, PRIMARY KEY (id) NOT ENFORCED', {
        'table-name': 'squares',
        'sink.max-retries': '0',
        'sink.buffer-flush.interval': '20 ms',
      })}
      INSERT INTO squares SELECT n, n * n FROM numbers`;
    const job = startMillstream(['run', '-e', script]);
    const end = ended(job);
    const rows = () => Number(server.sql('SELECT COUNT(*) FROM squares')[0]);
    const untilMore = async () => {
      const before = rows();
      await until(
        async () => rows(),
        (now) => now > before + 100,
        60_000,
      );
    };
    try {
      await untilMore();
      server.stop();
      await untilSaid(job.stderr, 'the job failed, attempt 3 begins');
      server.resume();
      await untilMore();
      job.kill('SIGTERM');
      const { code, stderr } = await end;
      expect(code, stderr).toBe(0);
      const [answer] = server.sql('SELECT COUNT(*), MAX(id), SUM(square - id * id) FROM squares');
      expect(answer).toBe(`${rows()}|${rows()}|0`);
    } finally {
      job.kill('SIGKILL');
      await end;
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('a job that fails while the server is away, before any checkpoint, makes its slot anew when it is back', async () => {
    server.sql(`CREATE TABLE visits (id int8 PRIMARY KEY); ALTER TABLE visits REPLICA IDENTITY FULL;
      INSERT INTO visits VALUES (1)`);
    const folder = mkdtempSync(join(tmpdir(), 'millstream-slot-'));
    const script = join(folder, 'job.sql');
    const flag = join(folder, 'fail');
    writeFileSync(
      join(folder, 'functions.py'),
      `import os

from millstream import udf


@udf(deterministic=False)
def tick(n: int) -> int:
    if os.path.exists(${JSON.stringify(flag)}):
        os.unlink(${JSON.stringify(flag)})
        raise ValueError("told to")
    return -1
`,
    );
    writeFileSync(
      script,
      `SET 'restart-strategy.type' = 'fixed-delay';
      SET 'restart-strategy.fixed-delay.attempts' = '1000';
      SET 'restart-strategy.fixed-delay.delay' = '50 ms';
      CREATE TEMPORARY FUNCTION tick AS 'functions.tick' LANGUAGE PYTHON;
      ${tableText('visits', 'id BIGINT', {
        ...followed('visits'),
        // That of the same name as by default is of another test's table.
        'debezium.publication.name': 'visits_changes',
      })}
      CREATE TEMPORARY TABLE clock (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');
      SELECT id FROM visits UNION ALL SELECT tick(n) FROM clock;`,
    );
    const job = startMillstream(['run', script, '--format', 'jsonl']);
    const end = ended(job);
    const died = end.then(({ code, stderr }) => {
      throw new Error(`ended with ${code}: ${stderr}`);
    });
    died.catch(() => {});
    const said = (stream: Readable, text: string) => Promise.race([untilSaid(stream, text), died]);
    try {
      await said(job.stdout, '[1]');
      server.stop();
      const isLeft = said(job.stderr, 'the slot visits_slot could not be removed');
      writeFileSync(flag, '');
      await isLeft;
      server.resume();
      server.sql('INSERT INTO visits VALUES (2)');
      await said(job.stdout, '[2]');
      job.kill('SIGTERM');
      const { code, stderr } = await end;
      expect(code, stderr).toBe(0);
      expect(server.sql("SELECT 1 FROM pg_replication_slots WHERE slot_name = 'visits_slot'")).toEqual([]);
    } finally {
      job.kill('SIGKILL');
      await end;
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('a table that is altered while its changes are read gives NULL for what is gone, nothing of what is new, and an error for what does not fit', async () => {
    server.sql(`CREATE TABLE altered (id int8 PRIMARY KEY, v int4, w text);
      ALTER TABLE altered REPLICA IDENTITY FULL; INSERT INTO altered VALUES (1, 1, 'a')`);
    const source = {
      ...followed('altered'),
      // That of the same name as by default is of another test's table.
      'debezium.publication.name': 'altered_changes',
    };
    const sql = (columns: string) => `${tableText('altered', columns, source)}SELECT id, v, w FROM altered`;
    const misspelt = await millstream(['run', '-e', sql('id BIGINT, v INT, w STRING, idd INT'), '--quiet']);
    expect(misspelt.stderr).toContain(
      "Error SOURCE_REPLICATION: Table altered: its changes cannot be read: public.altered has no column 'idd'.\nDid you mean 'id'?",
    );

    const job = startMillstream(['run', '-e', sql('id BIGINT, v INT, w STRING'), '--format', 'jsonl']);
    const end = ended(job);
    const changes = [
      "ALTER TABLE altered ADD more text; INSERT INTO altered VALUES (2, 2, 'b', 'x')",
      'ALTER TABLE altered DROP w; INSERT INTO altered VALUES (3, 3)',
      'ALTER TABLE altered ALTER v TYPE text; DELETE FROM altered WHERE id = 3',
      "INSERT INTO altered VALUES (4, 'four')",
    ];
    let lines = 0;
    job.stdout!.on('data', (text: Buffer) => {
      for (const _ of String(text).matchAll(/\n/g)) server.sql(changes[lines++]!);
    });
    const { stdout, stderr } = await end;

    expect(String(stdout).trim().split('\n')).toEqual([
      '{"op":"+I","row":[1,1,"a"]}',
      '{"op":"+I","row":[2,2,"b"]}',
      '{"op":"+I","row":[3,3,null]}',
      '{"op":"-D","row":[3,3,null]}',
    ]);
    expect(stderr).toContain(
      "table altered: public.altered has no column 'w' any more, it is NULL from here on",
    );
    expect(stderr).toContain(
      'Error SOURCE_RECORD: Table altered: column v (INT) of public.altered cannot be read: "four" is no INT.',
    );
  }, 120_000);

  it('a table that has been read before a checkpoint is not read again by the job that goes on from it', async () => {
    server.sql('CREATE TABLE fixed AS SELECT i AS id FROM generate_series(1, 1000) AS s(i)');
    const folder = mkdtempSync(join(tmpdir(), 'millstream-jdbc-'));
    const script = `SET 'execution.checkpointing.interval' = '20 ms';
      SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
      ${table('fixed', 'id BIGINT', { 'table-name': 'fixed' })}
      CREATE TABLE endless (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
      CREATE TABLE copies (id BIGINT, origin STRING) WITH ('connector' = 'filesystem', 'path' = '${folder}/out', 'format' = 'csv');
      INSERT INTO copies SELECT id, 'fixed' FROM fixed UNION ALL SELECT id, 'endless' FROM endless`;
    const shown = () =>
      (existsSync(join(folder, 'out')) ? readdirSync(join(folder, 'out')) : [])
        .filter((name) => name.startsWith('part-'))
        .flatMap((name) => readFileSync(join(folder, 'out', name), 'utf8').split('\n'));
    const count = (origin: string) => shown().filter((line) => line.endsWith(origin)).length;
    const runUntil = async (rows: number, ...options: string[]) => {
      const job = startMillstream(['run', '-e', script, '--quiet', ...options]);
      const end = ended(job);
      const watching = setInterval(() => {
        if (count('endless') >= rows && count('fixed') >= 1000) job.kill('SIGKILL');
      }, 20);
      await end;
      clearInterval(watching);
    };
    try {
      await runUntil(2);
      const before = count('endless');
      await runUntil(before + 3, '-D', `execution.state-recovery.path=${folder}/checkpoints`);
      expect(count('fixed')).toBe(1000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('tells what is missing, and what the database refuses', async () => {
    server.sql('CREATE TABLE strict (id int4 CHECK (id > 0), name text)');
    const told = async (sql: string) => (await millstream(['run', '-e', sql, '--quiet'])).stderr;
    const strict = (columns: string, more: Readonly<Record<string, string>> = {}) =>
      table('t', columns, { 'table-name': 'strict', ...more });

    expect(await told(`${strict('id INT, nme STRING')}INSERT INTO t VALUES (1, 'a')`)).toMatch(
      /Error SINK_TABLE: .* has no column 'nme'\.\nDid you mean 'name'\?/,
    );
    expect(await told(`${strict('id INT', { 'table-name': 'nowhere' })}INSERT INTO t VALUES (1)`)).toContain(
      'Error SINK_TABLE: Table t: the database has no table nowhere.',
    );
    expect(await told(`${strict('id INT', { 'table-name': 'nowhere' })}SELECT * FROM t`)).toContain(
      'relation "nowhere" does not exist',
    );
    expect(await told(`${strict('id INT, name STRING')}INSERT INTO t VALUES (0, 'a')`)).toContain(
      'violates check constraint "strict_id_check"',
    );
    expect(
      await told(
        `${strict('id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED')}INSERT INTO t VALUES (1, 'a')`,
      ),
    ).toContain('must be a primary key or unique constraint of the table there');
    expect(
      await told(`${strict('id INT, name BIGINT')}INSERT INTO t VALUES (1, 2); SELECT name + 1 FROM t`),
    ).toBe('');
    server.sql("INSERT INTO strict VALUES (2, 'x')");
    expect(await told(`${strict('id INT, name BIGINT')}SELECT name FROM t`)).toContain(
      'Error SOURCE_RECORD: Table t: column name (BIGINT) of strict cannot be read: "x" is no BIGINT.',
    );
    expect(
      await told(`${strict('id INT', { url: 'jdbc:postgresql://127.0.0.1:1/db' })}SELECT * FROM t`),
    ).toContain('Check host and port, and that the server runs.');
    expect(await told(`${strict('id INT', { url: 'jdbc:mysql://127.0.0.1/db' })}SELECT * FROM t`)).toContain(
      'only PostgreSQL is supported',
    );
  }, 120_000);
});
