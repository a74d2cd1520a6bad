import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, Producer } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { ended, ROOT } from '../cli/support/command.js';
import { KafkaServer, whyNoKafka } from './support/kafka-server.js';
import { PostgresServer, whyNoPostgres } from './support/postgres-server.js';

const reason = whyNoKafka() ?? whyNoPostgres();
if (reason !== null) console.warn(`the example of fraud is skipped: ${reason}`);

/** Payments of two cards; the second one pays often. */
const PAYMENTS = [
  { id: 1, card: 'a', amount: 20, ts: '2024-05-01 12:00:00' },
  { id: 2, card: 'b', amount: 500, ts: '2024-05-01 12:00:01' },
  { id: 3, card: 'b', amount: 500, ts: '2024-05-01 12:00:02' },
  { id: 4, card: 'b', amount: 500, ts: '2024-05-01 12:00:03' },
  { id: 5, card: 'b', amount: 500, ts: '2024-05-01 12:00:04' },
  { id: 6, card: 'a', amount: 20, ts: '2024-05-01 12:01:30' },
  { id: 7, card: 'b', amount: 500, ts: '2024-05-01 12:03:00' },
  { id: 8, card: 'c', amount: 1, ts: '2024-05-01 12:10:00' },
];

it.skipIf(reason !== null)(
  'the example of fraud writes the suspicious payments of a topic into a table',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millstream-fraud-'));
    await using kafka = await KafkaServer.start();
    using database = await PostgresServer.start();
    try {
      const client = { clientId: 'test', bootstrapBrokers: [kafka.address] };
      const admin = new Admin(client);
      await admin.createTopics({ topics: ['payments'], partitions: 1, replicas: 1 });
      await admin.close();
      const producer = new Producer(client);
      const messages = PAYMENTS.map((payment) => ({
        topic: 'payments',
        value: Buffer.from(JSON.stringify(payment)),
      }));
      await producer.send({ messages, acks: -1 });
      await producer.close();
      database.sql('CREATE TABLE alerts (id int8 PRIMARY KEY, card text, amount float8, risk float8)');

      const command = [
        join(ROOT, 'dist/cli/main.js'),
        'run',
        join(ROOT, 'examples/fraud/job.sql'),
        '--quiet',
      ];
      const env = { ...process.env, KAFKA: kafka.address, DATABASE: database.url, DATABASE_USER: 'tester' };
      const job = spawn(process.execPath, command, { cwd: folder, env });
      const end = ended(job);
      const alerts = () => database.sql('SELECT id, card, round(risk::numeric, 3) FROM alerts ORDER BY id');
      await new Promise<void>((resolve) => {
        const watching = setInterval(() => {
          if (alerts().length < 2 && job.exitCode === null) return;
          clearInterval(watching);
          resolve();
        }, 50);
      });
      job.kill('SIGINT');
      const { stderr } = await end;

      expect([alerts(), stderr]).toEqual([['4|b|0.646', '5|b|0.881'], expect.any(String)]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
