import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ended, millstream, startMillstream } from '../cli/support/command.js';
import { until } from '../long/support/until.js';
import { describeKafka, whole } from './support/kafka-topics.js';
import { printedRows, tableText } from './support/printed-rows.js';

const printed = (name: string) =>
  tableText(name, 'n BIGINT', { connector: 'print', 'print-identifier': name });

describeKafka('Kafka', (kafka) => {
  const { makeTopics, send, table } = kafka;

  it('gives back what was written, with keys and metadata, from each of the places where reading may begin and end', async () => {
    await makeTopics('orders');
    const columns = `id BIGINT, name STRING, price DECIMAL(10, 2), ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
      headers MAP<STRING, BYTES> METADATA, place BIGINT METADATA FROM 'offset' VIRTUAL, topic STRING METADATA VIRTUAL`;
    const orders = table('orders', columns, {
      ...whole('orders', 'avro'),
      'key.format': 'raw',
      'key.fields': 'name',
      'sink.partitioner': 'fixed',
    });
    const fill = `INSERT INTO orders VALUES (1, 'a', 1.5, TO_TIMESTAMP_LTZ(1000, 3), MAP['h', CAST('x' AS BYTES)]),
      (2, 'b', NULL, TO_TIMESTAMP_LTZ(2000, 3), NULL), (3, 'c', 3, TO_TIMESTAMP_LTZ(3000, 3), NULL);\n`;
    const hint = (options: string) => `SELECT id FROM orders /*+ OPTIONS(${options}) */;\n`;

    const all = await printedRows(`${orders}${fill}SELECT * FROM orders`);
    expect(all).toEqual([
      ['+I', 1, 'a', '1.50', '1970-01-01 00:00:01Z', { $map: [['h', { $bytes: 'eA==' }]] }, 0, 'orders'],
      ['+I', 2, 'b', null, '1970-01-01 00:00:02Z', { $map: [] }, 1, 'orders'],
      ['+I', 3, 'c', '3.00', '1970-01-01 00:00:03Z', { $map: [] }, 2, 'orders'],
    ]);
    const places = await printedRows(
      `${orders}
      ${hint("'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1500'")}
      ${hint("'scan.startup.mode' = 'specific-offsets', 'scan.startup.specific-offsets' = 'partition:0,offset:2;partition:1,offset:0'")}
      ${hint("'scan.startup.mode' = 'latest-offset'")}
      ${hint("'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:1;partition:1,offset:0'")}
      ${table('byPattern', 'id BIGINT', { connector: 'kafka', 'topic-pattern': 'ord.*', format: 'raw', 'scan.startup.mode': 'earliest-offset', 'scan.bounded.mode': 'latest-offset' }).replace('id BIGINT', 'record BYTES')}
      SELECT COUNT(*) FROM byPattern`,
      '--mode',
      'batch',
    );
    expect(places).toEqual([
      ['+I', 2],
      ['+I', 3],
      ['+I', 3],
      ['+I', 1],
      ['+I', 3],
    ]);
  }, 120_000);

  it('takes more rows at once than a batch of records may have bytes', async () => {
    await makeTopics('broad');
    const broad = table('broad', 'n BIGINT, text STRING', {
      ...whole('broad'),
      'sink.partitioner': 'fixed',
    });
    const numbers = `CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen',
      'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '9999');\n`;
    const fill = "INSERT INTO broad SELECT n, REPEAT('x', 400) FROM numbers;\n";

    const rows = await printedRows(`${broad}${numbers}${fill}SELECT n FROM broad`, '--mode', 'streaming');
    expect(rows.map(([, n]) => n)).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  }, 60_000);

  it('has event time that is the least over partitions: no row of a partition that is behind comes too late', async () => {
    await makeTopics('divided');
    const records = Array.from({ length: 20 }, (_, second) => `{"seconds":${second}}`);
    await send('divided', records, 0);
    await send('divided', records, 1);
    const divided = table(
      'divided',
      'seconds BIGINT, ts AS TO_TIMESTAMP_LTZ(seconds * 1000, 3), WATERMARK FOR ts AS ts',
      {
        ...whole('divided'),
        'scan.watermark.emit.strategy': 'on-event',
        'scan.watermark.idle-timeout': '1 min',
      },
    );

    const windows = (
      what: string,
    ) => `SELECT ${what} FROM TABLE(TUMBLE(TABLE divided, DESCRIPTOR(ts), INTERVAL '10' SECOND))
      GROUP BY window_start, window_end`;
    expect(await printedRows(`${divided}${windows('COUNT(*)')}`, '--mode', 'streaming')).toEqual([
      ['+I', 20],
      ['+I', 20],
    ]);

    const set = `${divided}${printed('counts')}${printed('sums')}EXECUTE STATEMENT SET BEGIN
      INSERT INTO counts ${windows('COUNT(*)')};
      INSERT INTO sums ${windows('SUM(seconds)')};
    END`;
    const explained = await millstream(['explain', '-e', set, '--mode', 'streaming']);
    expect(explained.stdout.toString().match(/^source-\d+: kafka divided$/gm)).toHaveLength(1);
    const { stdout } = await millstream(['run', '-e', set, '--mode', 'streaming', '--quiet']);
    expect(stdout.toString().trim().split('\n').sort()).toEqual([
      'counts> +I[20]',
      'counts> +I[20]',
      'sums> +I[290]',
      'sums> +I[90]',
    ]);
  }, 60_000);

  it('has event time that does not wait for a partition that has been read to its end', async () => {
    await makeTopics('half');
    const seconds = [...Array(30).keys(), 5];
    const record = (second: number) => `{"seconds":${second}}`;
    await send('half', seconds.map(record), 1);
    const half = table(
      'half',
      'seconds BIGINT, ts AS TO_TIMESTAMP_LTZ(seconds * 1000, 3), WATERMARK FOR ts AS ts',
      {
        ...whole('half'),
        'scan.watermark.emit.strategy': 'on-event',
      },
    );

    const windows = `SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE half, DESCRIPTOR(ts), INTERVAL '10' SECOND))
      GROUP BY window_start, window_end`;
    const ten = ['+I', 10];
    expect(await printedRows(`${half}${windows}`, '--mode', 'streaming')).toEqual([ten, ten, ten]);
  }, 60_000);

  it('upsert-kafka keeps the last row of each key, and rows that come and go at once leave nothing', async () => {
    await makeTopics('totals', 'events');
    const totals = table('totals', 'id BIGINT, n BIGINT, PRIMARY KEY (id) NOT ENFORCED', {
      connector: 'upsert-kafka',
      topic: 'totals',
      'key.format': 'json',
      'value.format': 'json',
      'value.fields-include': 'EXCEPT_KEY',
      'scan.bounded.mode': 'latest-offset',
    });
    const events = table('events', 'id BIGINT, v STRING', {
      ...whole('events', 'debezium-json'),
    });
    await send('events', [
      '{"before":null,"after":{"id":1,"v":"a"},"op":"c"}',
      '{"before":null,"after":{"id":2,"v":"a"},"op":"c"}',
      '{"before":{"id":1,"v":"a"},"after":{"id":1,"v":"b"},"op":"u"}',
      '{"before":{"id":2,"v":"a"},"after":null,"op":"d"}',
    ]);
    const stored = await printedRows(`${totals}${events}INSERT INTO totals SELECT id, 1 FROM events;
      INSERT INTO totals SELECT 7, COUNT(*) FROM (VALUES (1), (2)) AS t(x);
      SELECT id, n FROM totals`);
    expect(stored.map(String).sort()).toEqual(['+I,1,1', '+I,7,2']);

    const raw = table('records', 'k STRING, v STRING', {
      connector: 'kafka',
      topic: 'totals',
      'key.format': 'raw',
      'key.fields': 'k',
      'value.format': 'json',
      'value.fields-include': 'EXCEPT_KEY',
      'value.json.ignore-parse-errors': 'true',
      'scan.startup.mode': 'earliest-offset',
      'scan.bounded.mode': 'latest-offset',
    });
    const keys = await printedRows(`${raw}SELECT k, COUNT(*) FROM records GROUP BY k`);
    // Of a batch only what is left of a key is written.
    expect(keys.map(String).sort()).toEqual(['+I,{"id":1},1', '+I,{"id":7},1']);
  }, 120_000);

  it('changes are written as events, and read with what events know beside their rows', async () => {
    await makeTopics('changes');
    const options = {
      ...whole('changes', 'canal-json'),
    };
    const columns = `item STRING, n BIGINT, t STRING METADATA FROM 'value.table' VIRTUAL,
      k ARRAY<STRING> METADATA FROM 'value.pk-names' VIRTUAL, ts TIMESTAMP_LTZ(3) METADATA FROM 'value.ingestion-timestamp' VIRTUAL`;
    const items = table('items', columns, { ...options, 'canal-json.table.include': 'items' });
    const sums = table('sums', 'item STRING, n BIGINT', options);
    await send('changes', [
      '{"data":[{"item":"a","n":"1"},{"item":"b","n":2}],"table":"items","pkNames":["item"],"ts":1500,"type":"INSERT"}',
      '{"data":[{"item":"c","n":"5"}],"table":"others","type":"INSERT"}',
    ]);
    const known = ['items', ['item'], '1970-01-01 00:00:01.5Z'];
    expect((await printedRows(`${items}SELECT * FROM items`)).sort()).toEqual([
      ['+I', 'a', 1, ...known],
      ['+I', 'b', 2, ...known],
    ]);
    const insert = `INSERT INTO sums SELECT 'sum', SUM(n) FROM items; SELECT item, n FROM sums`;
    expect((await printedRows(`${items}${sums}${insert}`)).map(String).sort()).toEqual([
      '+I,a,1',
      '+I,b,2',
      '+I,c,5',
      '+I,sum,3',
    ]);
  }, 60_000);

  it('tells what is missing and what cannot be read, with the place', async () => {
    await makeTopics('broken');
    await send('broken', ['{"id": 1}', '{"id": "x"}']);
    const options = { connector: 'kafka', format: 'json', 'scan.startup.mode': 'earliest-offset' };
    const told = async (sql: string) => (await millstream(['run', '-e', sql, '--quiet'])).stderr;

    const broken = table('t', 'id BIGINT', { ...options, topic: 'broken' });
    expect(await told(`${broken}SELECT * FROM t`)).toContain(
      'Error SOURCE_RECORD: Table t: the record at topic broken, partition 0, offset 1 cannot be read: field "id": "x" is no BIGINT.',
    );
    expect(
      await told(`${table('t', 'id BIGINT', { ...options, topic: 'nowhere' })}SELECT * FROM t`),
    ).toContain('cannot be read: Unknown topic nowhere.');
    expect(
      await told(`${table('t', 'id BIGINT', { ...options, topic: 'nowhere' })}INSERT INTO t VALUES (1)`),
    ).toContain('Error SINK_CONNECTION: Table t: Kafka at');
    const away = { ...options, topic: 'x', 'properties.bootstrap.servers': '127.0.0.1:1' };
    expect(await told(`${table('t', 'id BIGINT', away)}SELECT * FROM t`)).toContain(
      "Check 'properties.bootstrap.servers', and that the broker runs.",
    );
  }, 120_000);

  it('a job that is killed goes on from its checkpoint, also when the broker was away, and its files have each record once', async () => {
    await makeTopics('numbers');
    const script = join(kafka.folder, 'job.sql');
    const out = join(kafka.folder, 'out');
    writeFileSync(
      script,
      `SET 'execution.checkpointing.interval' = '50 ms';
      SET 'execution.checkpointing.dir' = '${kafka.folder}/checkpoints';
      ${table('numbers', 'n BIGINT', { connector: 'kafka', topic: 'numbers', format: 'json', 'scan.startup.mode': 'earliest-offset' })}
      CREATE TABLE copies (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${out}', 'format' = 'json');
      INSERT INTO copies SELECT n FROM numbers;`,
    );
    const shown = () =>
      (readdirSync(kafka.folder).includes('out') ? readdirSync(out) : [])
        .filter((name) => name.startsWith('part-'))
        .flatMap((name) => readFileSync(join(out, name), 'utf8').split('\n'))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).n as number)
        .sort((a, b) => a - b);
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    const untilShown = (count: number) =>
      until(
        async () => shown().length,
        (rows) => rows >= count,
        60_000,
      );

    await send(
      'numbers',
      numbers(0, 100).map((n) => `{"n":${n}}`),
    );
    const first = startMillstream(['run', script]);
    const firstEnd = ended(first);
    await untilShown(100);
    await kafka.server.kill();
    await kafka.server.resume();
    await send(
      'numbers',
      numbers(100, 200).map((n) => `{"n":${n}}`),
    );
    await untilShown(200);
    first.kill('SIGKILL');
    expect((await firstEnd).stderr).toContain('Kafka answers again');

    await send(
      'numbers',
      numbers(200, 300).map((n) => `{"n":${n}}`),
    );
    const second = startMillstream([
      'run',
      script,
      '--quiet',
      '-D',
      `execution.state-recovery.path=${kafka.folder}/checkpoints`,
    ]);
    const secondEnd = ended(second);
    await untilShown(300);
    second.kill('SIGINT');
    await secondEnd;

    expect(shown()).toEqual(numbers(0, 300));
  }, 120_000);

  it('records lose and gain fields, and those that cannot be read are dead letters with their offset, where the table says so', async () => {
    await makeTopics('mixed');
    await send('mixed', ['{"n":1,"s":"a"}', 'none', '{"n":3}', '{"n":4,"s":"b","more":1}', '{"n":"x"}']);
    const mixed = table('mixed', 'n BIGINT, s STRING', {
      ...whole('mixed'),
      'scan.on-parse-error': 'dead_letter',
    });
    const letters = join(kafka.folder, 'mixed.jsonl');

    const rows = await printedRows(
      `SET 'millstream.dead-letter.path' = '${letters}';\n${mixed}SELECT n, s FROM mixed`,
    );
    expect(rows).toEqual([
      ['+I', 1, 'a'],
      ['+I', 3, null],
      ['+I', 4, 'b'],
    ]);
    const lines = readFileSync(letters, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { code: 'SOURCE_RECORD', row: { topic: 'mixed', partition: '0', offset: '1', value: 'none' } },
      { code: 'SOURCE_RECORD', row: { topic: 'mixed', partition: '0', offset: '4', value: '{"n":"x"}' } },
    ]);
  }, 60_000);
});
