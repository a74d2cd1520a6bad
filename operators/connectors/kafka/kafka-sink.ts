/**
 * Writes rows as records. At least once: a checkpoint is complete when the brokers have taken all rows before it. Exactly once: they have
 * them in a transaction, which is committed when the checkpoint is complete, and again by who goes on from it.
 */
import type { Producer } from '@platformatic/kafka';
import {
  type Barrier,
  type Batch,
  type Column,
  decodeBatch,
  type Exchange,
  fromJsonBytes,
  jsonBytes,
  type Operator,
  type OperatorContext,
  type SinkStage,
  type SqlValue,
  type Watermark,
} from '../../../core/index.js';
import type { RowEncoder } from '../../formats/format.js';
import { pause } from '../../sources/pause.js';
import {
  type Change,
  INSERT,
  isAddition,
  UPDATE_AFTER,
  UPDATE_BEFORE,
} from '../../streaming/row-function.js';
import { within } from '../../within.js';
import { Absence } from '../absence.js';
import type { ConnectorHost } from '../connector.js';
import { clientOptions, closed, isTransient, kafkaError, kafkaReason } from './kafka-client.js';
import type { KafkaPart, KafkaTable } from './kafka-table.js';
import { KafkaTransactions, type SavedTransaction } from './kafka-transactions.js';
import { checkCommits, sinkName } from './transaction-rules.js';
import { type KafkaRecord, WaitingRecords } from './waiting-records.js';

const ALL_REPLICAS = -1;
const BACKOFF_MS = 500;
/** How long the client, which waits for a cluster without a word, may do so until that is told. */
const SILENT_MS = 5_000;
/** How long a cluster may not answer before the job fails, as `delivery.timeout.ms` of Kafka's producer. */
const DELIVERY_TIMEOUT_MS = 120_000;

export class KafkaSink implements Operator {
  #context!: OperatorContext;
  #producer!: Producer;
  #transactions: KafkaTransactions | null = null;
  readonly #waiting = new WaitingRecords();
  #sending: Promise<void> | null = null;
  #absence!: Absence;
  #committing: Promise<void> = Promise.resolve();
  #hasSent = false;
  #hasCommitted = false;
  #turn = 0;
  readonly #exchange: Exchange;
  readonly #value: { readonly encoder: RowEncoder; readonly places: readonly number[] };
  readonly #key: { readonly encoder: RowEncoder; readonly places: readonly number[] } | null;

  constructor(
    private readonly stage: SinkStage,
    private readonly table: KafkaTable,
    private readonly host: ConnectorHost,
  ) {
    this.#exchange = host.job.graph.exchanges.find(({ id }) => id === stage.inputs[0])!;
    this.#value = this.#part(table.value);
    this.#key = table.key === null ? null : this.#part(table.key);
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#absence = new Absence(`table ${this.stage.table}: Kafka`, context.clock, this.host.onNote);
    const { Producer: ProducerClient } = await import('@platformatic/kafka');
    this.#producer = new ProducerClient({ ...clientOptions(this.table.properties), acks: ALL_REPLICAS });
    const topic = this.#topic();
    try {
      await this.#producer.metadata({ topics: [topic], forceUpdate: true });
    } catch (error) {
      throw kafkaError('write', this.stage.table, this.table.properties, error);
    }
    const { transactionalIdPrefix } = this.table;
    if (transactionalIdPrefix !== null) await this.#openTransactions(transactionalIdPrefix);
  }

  async processBatch(batch: Batch): Promise<void> {
    for (const message of this.#messages(batch)) this.#waiting.add(message);
    if (this.#waiting.isEmpty) return;
    this.#hasSent = true;
    if (this.#sending === null) {
      this.#sending = this.#sendWaiting();
      this.#sending.catch((error: unknown) => this.#context.fail(error));
    }
    if (this.#waiting.isFull) await this.#sending;
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(barrier: Barrier): Promise<void> {
    await this.#sending;
    this.#transactions?.seal(barrier.checkpointId);
    const saved = this.#transactions?.saved;
    this.#context.acknowledge(barrier.checkpointId, saved === undefined ? null : jsonBytes(saved));
  }

  checkpointCompleted(checkpointId: number): void {
    this.#commit(checkpointId).catch((error: unknown) => this.#context.fail(error));
  }

  async endInput(): Promise<void> {
    await this.#sending;
    // Else with the checkpoint that the end of the stage waits for.
    if (this.host.checkpointIntervalMs !== null) return;
    this.#transactions?.seal(Number.MAX_SAFE_INTEGER);
    await this.#commit(Number.MAX_SAFE_INTEGER);
  }

  async close(): Promise<void> {
    // What a complete checkpoint has is shown, also where the job ends with it; a failure was told.
    await this.#committing.catch(() => {});
    await this.#transactions?.close();
    await closed(this.#producer, (producer, done) => producer.close(true, done));
  }

  /** Records that can come twice: a job that begins again writes them again. */
  whyNotAgain(): string | null {
    if (this.#transactions !== null) return this.#hasCommitted ? 'its records have been committed' : null;
    return this.#hasSent && this.host.job.graph.mode === 'batch'
      ? `records of table ${this.stage.table} have been written`
      : null;
  }

  async #openTransactions(prefix: string): Promise<void> {
    const { job, checkpointIntervalMs, clock, onNote } = this.host;
    checkCommits(this.stage.table, this.table.properties, job.graph, checkpointIntervalMs);
    this.#transactions = new KafkaTransactions({
      table: this.stage.table,
      properties: this.table.properties,
      prefix: `${prefix}-${sinkName(this.stage, job.graph)}`,
      clock,
      timers: this.#context.timers,
      onNote,
    });
    const state = job.restored?.get(this.stage.id) ?? null;
    await this.#transactions.open(state === null ? [] : fromJsonBytes<SavedTransaction[]>(state));
  }

  #commit(checkpointId: number): Promise<void> {
    const transactions = this.#transactions;
    if (transactions === null) return Promise.resolve();
    this.#hasCommitted = true;
    this.#committing = this.#committing.then(() => transactions.commit(checkpointId));
    return this.#committing;
  }

  #topic(): string {
    const { topics } = this.table;
    return topics instanceof RegExp ? '' : topics[0]!;
  }

  #part({ format, fields, names }: KafkaPart) {
    const places = names.map((name) => this.stage.columns.find((column) => column.name === name)!.column);
    return { encoder: format.encoder(fields), places };
  }

  #messages(batch: Batch): KafkaRecord[] {
    const columns = decodeBatch(batch, this.#exchange, this.host.job.schemas);
    const change = this.stage.change === null ? null : columns[this.stage.change]!;
    const metadata = this.stage.columns.flatMap(({ metadata: key, column }) =>
      key === undefined
        ? []
        : [{ key, type: this.#exchange.columns[column]!, value: columns[column]!.value }],
    );
    const metadataOf = (row: number): Partial<KafkaRecord> =>
      Object.assign({}, ...metadata.map(({ key, type, value }) => written(key, type, value(row))));
    const messages: KafkaRecord[] = [];
    const topic = this.#topic();
    /** The key of a row that the next one may take the place of. */
    let before: Uint8Array | null = null;
    for (let row = 0; row < batch.rows; row++) {
      const kind = (change?.value(row) ?? INSERT) as Change;
      const values = (places: readonly number[]): SqlValue[] =>
        places.map((place) => columns[place]!.value(row));
      const isRemoval = this.table.isUpsert && !isAddition(kind);
      const value = isRemoval ? null : this.#value.encoder.encode(values(this.#value.places), kind);
      const key = this.#key === null ? null : this.#key.encoder.encode(values(this.#key.places), INSERT);
      if (before !== null && kind === UPDATE_AFTER && Buffer.compare(before, key!) === 0) messages.pop();
      before = isRemoval && kind === UPDATE_BEFORE ? key : null;
      messages.push({
        topic,
        ...(key === null ? {} : { key: Buffer.from(key) }),
        ...(value === null ? {} : { value: Buffer.from(value) }),
        ...this.#partition(),
        ...(metadata.length === 0 ? {} : metadataOf(row)),
      });
    }
    return messages;
  }

  /** `fixed`: all records of this sink into one partition; `round-robin`: in turn. */
  #partition(): { readonly partition?: number } {
    if (this.table.partitioner === 'fixed') return { partition: 0 };
    if (this.table.partitioner === 'default') return {};
    this.#turn += 1;
    return { partition: this.#turn - 1 };
  }

  /** What waits, until nothing does; in the order of the rows. */
  async #sendWaiting(): Promise<void> {
    while (!this.#waiting.isEmpty) await this.#send(this.#waiting.take());
    this.#sending = null;
  }

  async #send(messages: readonly KafkaRecord[]): Promise<void> {
    const transactions = this.#transactions;
    if (transactions !== null) return this.#answered(transactions.send(messages as never));
    const { clock, signal } = this.#context;
    const giveUpAt = clock.nowMs() + DELIVERY_TIMEOUT_MS;
    while (!signal.aborted) {
      try {
        await this.#answered(this.#producer.send({ messages: messages as never, acks: ALL_REPLICAS }));
        return;
      } catch (error) {
        if (!isTransient(error) || clock.nowMs() > giveUpAt) {
          throw kafkaError('write', this.stage.table, this.table.properties, error);
        }
        this.#absence.failed(kafkaReason(error));
        await pause(this.#context, BACKOFF_MS);
      }
    }
  }

  /** Resolves when the cluster has taken them. */
  async #answered(sending: Promise<unknown>): Promise<void> {
    const { timers } = this.#context;
    while (!(await within(sending, SILENT_MS, timers))) this.#absence.failed('records wait for it');
    this.#absence.answered();
  }
}

/** What METADATA columns say of a record. */
function written(key: string, { type }: Column, value: SqlValue): Partial<KafkaRecord> {
  if (value === null) return {};
  if (key === 'timestamp') {
    const perMs = type.kind === 'TIMESTAMP_LTZ' && type.precision > 6 ? 1_000_000n : 1_000n;
    return { timestamp: (value as bigint) / perMs };
  }
  const entries = value as readonly (readonly [string, Uint8Array | null])[];
  return {
    headers: new Map(
      entries.map(([name, bytes]) => [Buffer.from(name), Buffer.from(bytes ?? new Uint8Array(0))]),
    ),
  };
}
