import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KafkaTransactions } from '../../operators/connectors/kafka/kafka-transactions.js';
import { systemClock, systemTimers } from '../../operators/ports/node-ports.js';
import { ended, millstream, startMillstream } from '../cli/support/command.js';
import { until } from '../long/support/until.js';
import { describeKafka, whole } from './support/kafka-topics.js';
import { printedRows } from './support/printed-rows.js';
import { untilSaid } from './support/until-said.js';

/** Options of a topic that is written exactly once. */
const exactlyOnce = (topic: string, prefix = topic) => ({
  connector: 'kafka',
  topic,
  format: 'json',
  'sink.delivery-guarantee': 'exactly-once',
  'sink.transactional-id-prefix': prefix,
});

/** The number of the last checkpoint below a folder; 0: there is none. */
function newestIn(checkpoints: string): number {
  const runs = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
  const names = runs.flatMap((run) => readdirSync(join(checkpoints, run)));
  return Math.max(0, ...names.filter((name) => name.startsWith('chk-')).map((name) => Number(name.slice(4))));
}

/** Resolves when so many further checkpoints are there. */
async function furtherIn(checkpoints: string, count: number): Promise<void> {
  const before = newestIn(checkpoints);
  const newest = await until(
    async () => newestIn(checkpoints),
    (number) => number >= before + count,
    60_000,
  );
  expect(newest).toBeGreaterThanOrEqual(before + count);
}

describeKafka('Kafka', (kafka) => {
  const { makeTopics, send, table } = kafka;

  /** A job that writes numbers, 0 first, exactly once into a topic, until it is stopped. */
  const numbersInto = (topic: string, checkpoints: string, prefix = topic) =>
    `SET 'execution.checkpointing.interval' = '50 ms';
      SET 'execution.checkpointing.dir' = '${checkpoints}';
      CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '500',
        'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '999999999');
      ${table(topic, 'n BIGINT', exactlyOnce(topic, prefix))}
      INSERT INTO ${topic} SELECT n FROM numbers;`;

  function transactionsOf(name: string): KafkaTransactions {
    const properties = {
      servers: [kafka.server.address],
      groupId: null,
      clientId: 'test',
      isReadCommitted: false,
      transactionTimeoutMs: 60_000,
      tls: false,
      sasl: null,
    };
    const onNote = () => {};
    return new KafkaTransactions({
      table: name,
      properties,
      prefix: name,
      clock: systemClock,
      timers: systemTimers,
      onNote,
    });
  }

  async function committedIn(topic: string): Promise<number[]> {
    const committed = table('committed', 'n BIGINT', {
      ...whole(topic),
      'properties.isolation.level': 'read_committed',
    });
    return (await printedRows(`${committed}SELECT n FROM committed`)).map(([, n]) => Number(n));
  }

  it('with exactly-once a job that is killed, and then stopped, has written each record once, for who reads what is committed', async () => {
    await makeTopics('exact');
    const checkpoints = join(kafka.folder, 'exact-checkpoints');
    const script = join(kafka.folder, 'exact.sql');
    writeFileSync(script, numbersInto('exact', checkpoints, 'test'));
    const newest = () => newestIn(checkpoints);
    const runUntil = async (more: number, signal: NodeJS.Signals) => {
      const first = newest();
      const recovery = first === 0 ? [] : ['-D', `execution.state-recovery.path=${checkpoints}`];
      const child = startMillstream(['run', script, '--quiet', ...recovery]);
      const watching = setInterval(() => {
        if (newest() < first + more) return;
        clearInterval(watching);
        child.kill(signal);
      }, 5);
      const { code } = await ended(child);
      clearInterval(watching);
      return code;
    };

    expect(await runUntil(4, 'SIGKILL')).toBeNull();
    expect(await runUntil(2, 'SIGINT')).toBe(130);
    expect(await runUntil(2, 'SIGTERM')).toBe(0);

    const seen = await committedIn('exact');
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: seen.length }, (_, n) => n));
    expect(seen.length).toBeGreaterThan(100);
  }, 120_000);

  it('with exactly-once a broker that goes away while it is written to loses no record and doubles none', async () => {
    await makeTopics('absent');
    const checkpoints = join(kafka.folder, 'absent-checkpoints');
    const script = `SET 'restart-strategy.exponential-delay.initial-backoff' = '100 ms';
      ${numbersInto('absent', checkpoints)}`;
    const job = startMillstream(['run', '-e', script]);
    const end = ended(job);
    try {
      await furtherIn(checkpoints, 5);
      await kafka.server.kill();
      await untilSaid(
        job.stderr,
        'table absent: Kafka does not answer, it is tried again (records wait for it)',
      );
      await kafka.server.resume();
      await untilSaid(job.stderr, 'table absent: Kafka answers again');
      await furtherIn(checkpoints, 5);
      job.kill('SIGTERM');
      const { code, stderr } = await end;
      expect(code, stderr).toBe(0);
    } finally {
      job.kill('SIGKILL');
      await end;
    }

    const seen = await committedIn('absent');
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: seen.length }, (_, n) => n));
  }, 120_000);

  it('who goes on from a checkpoint does not commit what was written after it, under an id that was free again', async () => {
    await makeTopics('reused');
    const transactions = () => transactionsOf('reused');
    const record = (value: string) => [{ topic: 'reused', partition: 0, value: Buffer.from(value) }];
    const died = transactions();
    await died.open([]);
    await died.send(record('{"n":1}') as never);
    died.seal(1);
    const saved = died.saved;
    await died.commit(1);
    await died.send(record('{"n":2}') as never);

    const goesOn = transactions();
    await goesOn.open(saved);
    await goesOn.send(record('{"n":3}') as never);
    goesOn.seal(2);
    await goesOn.commit(2);
    expect(await committedIn('reused')).toEqual([1, 3]);
    await goesOn.send(record('{"n":4}') as never);
    // Closing aborts it: nobody who reads what is committed waits behind it.
    await goesOn.close();
    await died.close();
    await send('reused', ['{"n":5}']);
    expect(await committedIn('reused')).toEqual([1, 3, 5]);
  }, 60_000);

  it('two INSERTs into one table write exactly once beside each other', async () => {
    await makeTopics('pair');
    const pair = table('pair', 'n BIGINT', exactlyOnce('pair'));
    await printedRows(
      `${pair}EXECUTE STATEMENT SET BEGIN INSERT INTO pair VALUES (1), (2); INSERT INTO pair VALUES (3); END`,
      '--mode',
      'streaming',
    );
    expect((await committedIn('pair')).sort()).toEqual([1, 2, 3]);
  }, 60_000);

  it('refuses exactly-once where no checkpoint would ever show a record', async () => {
    const exact = table('endless', 'n BIGINT', exactlyOnce('exact', 'other'));
    const script = `CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen');
      ${exact}INSERT INTO endless SELECT n FROM numbers`;

    const { code, stderr } = await millstream(['run', '-e', script]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('and the job takes none')]);
    expect(stderr).toContain("SET 'execution.checkpointing.interval'");
  }, 60_000);
});
