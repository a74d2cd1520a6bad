/** How the clients of Kafka are made from `properties.*`, and what is told of their errors. */
import type { BaseOptions } from '@platformatic/kafka';
import { type MillstreamError, SinkError, SourceError } from '../../../core/index.js';
import type { OptionReader } from '../option-reader.js';

/** What every client is given. */
export interface KafkaProperties {
  readonly servers: readonly string[];
  readonly groupId: string | null;
  readonly clientId: string;
  readonly isReadCommitted: boolean;
  /** When the brokers give up a transaction that nobody ends. */
  readonly transactionTimeoutMs: number;
  readonly tls: boolean;
  readonly sasl: {
    readonly mechanism: SaslMechanism;
    readonly username: string;
    readonly password: string;
  } | null;
}

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
type SaslMechanism = (typeof MECHANISMS)[number];

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;

/** Properties of Kafka's clients that only tune. */
const NOTED = [
  'auto.offset.reset',
  'enable.auto.commit',
  'fetch.min.bytes',
  'fetch.max.wait.ms',
  'fetch.max.bytes',
  'max.partition.fetch.bytes',
  'max.poll.records',
  'request.timeout.ms',
  'session.timeout.ms',
  'heartbeat.interval.ms',
  'metadata.max.age.ms',
  'partition.discovery.interval.ms',
  'commit.offsets.on.checkpoint',
  'acks',
  'batch.size',
  'linger.ms',
  'buffer.memory',
  'compression.type',
];

/** The most that brokers allow, unless they are told otherwise. */
const TRANSACTION_TIMEOUT_MS = 900_000;

/** @throws {ConfigurationError} for what is missing or not supported */
export function readProperties(options: OptionReader): KafkaProperties {
  const properties = options.below('properties.');
  properties.noted(...NOTED);
  const servers = properties
    .required('bootstrap.servers')
    .split(',')
    .map((server) => server.trim());
  if (servers.some((server) => !/^\S+:\d+$/.test(server))) {
    throw properties.wrong('bootstrap.servers', "Expected 'host:port', several with ',' between them.");
  }
  const protocol = properties.choice('security.protocol', PROTOCOLS, 'PLAINTEXT');
  return {
    servers,
    groupId: properties.text('group.id'),
    clientId: properties.text('client.id') ?? 'millstream',
    isReadCommitted:
      properties.choice('isolation.level', ['read_uncommitted', 'read_committed'], 'read_uncommitted') ===
      'read_committed',
    transactionTimeoutMs: properties.whole('transaction.timeout.ms', TRANSACTION_TIMEOUT_MS, 1_000),
    tls: protocol.endsWith('SSL'),
    sasl: readSasl(properties, protocol.startsWith('SASL')),
  };
}

function readSasl(properties: OptionReader, isAsked: boolean): KafkaProperties['sasl'] {
  const mechanism = properties.choice('sasl.mechanism', MECHANISMS, 'PLAIN');
  const jaas = isAsked ? properties.required('sasl.jaas.config') : properties.text('sasl.jaas.config');
  if (!isAsked || jaas === null) return null;
  const field = (name: string) => new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`).exec(jaas)?.[1];
  const [username, password] = [field('username'), field('password')];
  if (username === undefined || password === undefined) {
    throw properties.error(
      'OPTION_VALUE',
      "option 'properties.sasl.jaas.config' names no user",
      'Expected: org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…";',
    );
  }
  return { mechanism, username, password };
}

/** Failures are told at once; who calls decides whether to try again. */
export function clientOptions({ servers, clientId, tls, sasl }: KafkaProperties): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...servers],
    retries: 0,
    ...(tls ? { tls: {} } : {}),
    ...(sasl === null ? {} : { sasl }),
  };
}

/** The words of an error of the client with those of the errors inside it. */
export function kafkaReason(error: unknown): string {
  const { message, errors = [] } = error as {
    readonly message: string;
    readonly errors?: readonly unknown[];
  };
  const inner = errors.map(kafkaReason).join('; ');
  const clean = message.replace(/\s*undefined$/, '').replace(/\.$/, '');
  return inner === '' ? clean : `${clean} (${inner})`;
}

/** True where the broker may answer another time. */
export function isTransient(error: unknown): boolean {
  const {
    code,
    canRetry,
    errors = [],
  } = error as {
    readonly code?: string;
    readonly canRetry?: boolean;
    readonly errors?: readonly unknown[];
  };
  if (canRetry === true || code === 'PLT_KFK_NETWORK' || code === 'PLT_KFK_TIMEOUT') return true;
  return errors.length > 0 && errors.some(isTransient);
}

/** The error for a cluster that cannot be used. */
export function kafkaError(
  use: 'read' | 'write',
  table: string,
  { servers }: KafkaProperties,
  error: unknown,
): MillstreamError {
  const message = `Table ${table}: Kafka at ${servers.join(', ')} cannot be ${use === 'read' ? 'read' : 'written'}: ${kafkaReason(error)}.`;
  const hint = isTransient(error)
    ? "Check 'properties.bootstrap.servers', and that the broker runs."
    : 'Check the topic, and what the user may do with it.';
  return use === 'read'
    ? new SourceError('SOURCE_CONNECTION', message, { hint, cause: error })
    : new SinkError('SINK_CONNECTION', message, { hint, cause: error });
}

/** Closes a client, if there is one; nothing is told of what fails by that. */
export function closed<C>(
  client: C | undefined,
  close: (client: C, done: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    if (client === undefined) resolve();
    else close(client, resolve);
  });
}
