/** A Kafka that the tests of one file share, and what they do with its topics. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, describe } from 'vitest';
import { KafkaServer, whyNoKafka } from './kafka-server.js';
import { tableText } from './printed-rows.js';

type SharedKafka = ReturnType<typeof sharedKafka>;

/** `describe` of tests with a Kafka of their own; where none can be started they are skipped, and it is said why. */
export function describeKafka(title: string, tests: (kafka: SharedKafka) => void): void {
  const reason = whyNoKafka();
  if (reason !== null) console.warn(`tests of Kafka are skipped: ${reason}`);
  describe.skipIf(reason !== null)(title, () => tests(sharedKafka()));
}

/** Started before the first test of the `describe` that calls this, gone after the last. */
function sharedKafka() {
  let server: KafkaServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millstream-kafka-test-'));
    server = await KafkaServer.start();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const client = () => ({ clientId: 'test', bootstrapBrokers: [server.address] });

  return {
    /** The broker; a test that is running has it. */
    get server(): KafkaServer {
      return server;
    },

    /** For files of a running test. */
    get folder(): string {
      return folder;
    },

    async makeTopics(...topics: string[]): Promise<void> {
      const admin = new Admin(client());
      await admin.createTopics({ topics, partitions: 2, replicas: 1 });
      await admin.close();
    },

    /** Writes records; null: one without a value. */
    async send(topic: string, values: readonly (string | null)[], partition = 0): Promise<void> {
      const producer = new Producer(client());
      const messages = values.map((value) => ({
        topic,
        partition,
        ...(value === null ? {} : { value: Buffer.from(value) }),
      }));
      await producer.send({ messages, acks: -1 });
      await producer.close();
    },

    /** CREATE TABLE with these options, at this broker. */
    table(name: string, columns: string, options: Readonly<Record<string, string>>): string {
      return tableText(name, columns, { 'properties.bootstrap.servers': server.address, ...options });
    },
  };
}

/** Options of a topic that is read from its beginning to where it ends now. */
export const whole = (topic: string, format = 'json') => ({
  connector: 'kafka',
  topic,
  format,
  'scan.startup.mode': 'earliest-offset',
  'scan.bounded.mode': 'latest-offset',
});
