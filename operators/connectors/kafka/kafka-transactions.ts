/** The transactions of an exactly-once sink: one from barrier to barrier, committed when its checkpoint is complete. */
import type { Producer } from '@platformatic/kafka';
import { type Clock, SinkError, type Timers } from '../../../core/index.js';
import { within } from '../../within.js';
import { clientOptions, closed, isTransient, type KafkaProperties, kafkaError } from './kafka-client.js';

type Transaction = NonNullable<Producer['transaction']>;
type Messages = Parameters<Transaction['send']>[0]['messages'];

/** In a checkpoint: the transactional id of a transaction, and the producer that wrote it. */
export type SavedTransaction = readonly [transactionalId: string, producerId: string, epoch: number];

/** What transactions are made with. */
export interface TransactionSettings {
  readonly table: string;
  readonly properties: KafkaProperties;
  /** `sink.transactional-id-prefix`, and what tells the sinks of a job apart. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onNote: (text: string) => void;
}

/** A transactional id, which writes one transaction at a time. */
interface Slot {
  readonly id: string;
  readonly producer: Producer;
  transaction: Transaction | null;
  /** The checkpoint that it is committed with; null: it is still written, or there is none. */
  checkpointId: number | null;
}

/**
 * Ids of a sink, always the same: whoever goes on knows which transactions may be open. So many checkpoints in a row may
 * fail, less one that is written.
 */
const SLOTS = 6;
/** Takes an id over from whoever had it: what was open under it is aborted, and who had it can end nothing any more. */
const NEW_PRODUCER = { producerId: -1n, producerEpoch: -1 } as const;
const ALL_REPLICAS = -1;
const BACKOFF_MS = 100;
const GIVE_UP_MS = 60_000;
/** How long a job that ends waits for the brokers to take back what no checkpoint has. */
const ABORT_MS = 2_000;

export class KafkaTransactions {
  #slots: readonly Slot[] = [];
  #written: Slot | null = null;

  constructor(private readonly settings: TransactionSettings) {}

  /**
   * Commits what the checkpoint that the job goes on from has, and aborts what came behind it.
   * @throws {SinkError} SINK_CONNECTION
   */
  async open(saved: readonly SavedTransaction[]): Promise<void> {
    const { Producer: ProducerClient } = await import('@platformatic/kafka');
    const { properties, prefix } = this.settings;
    const timeout = properties.transactionTimeoutMs;
    this.#slots = Array.from({ length: SLOTS }, (_, i): Slot => {
      const id = `${prefix}-${i}`;
      const options = { ...clientOptions(properties), acks: ALL_REPLICAS, idempotent: true, timeout };
      const producer = new ProducerClient({ ...options, transactionalId: id });
      return { id, producer, transaction: null, checkpointId: null };
    });
    for (const transaction of saved) await this.#commitSaved(transaction);
    for (const slot of this.#slots) {
      const transaction = await this.#begin(slot);
      await transaction.cancel();
    }
  }

  /** Writes records into the open transaction. A failure is not tried again: the records might come twice. */
  async send(messages: Messages): Promise<void> {
    this.#written ??= this.#free();
    const slot = this.#written;
    try {
      slot.transaction ??= await this.#begin(slot);
      await slot.transaction.send({ messages, acks: ALL_REPLICAS } as never);
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** What has been written belongs to this checkpoint. */
  seal(checkpointId: number): void {
    if (this.#written === null) return;
    this.#written.checkpointId = checkpointId;
    this.#written = null;
  }

  /** The transactions that wait for their checkpoint. */
  get saved(): SavedTransaction[] {
    return this.#sealed().map(({ id, producer }) => [
      id,
      String(producer.producerId),
      producer.producerEpoch!,
    ]);
  }

  /** Shows what belongs to checkpoints up to this one. @throws {SinkError} SINK_CONNECTION */
  async commit(checkpointId: number): Promise<void> {
    for (const slot of this.#sealed()) {
      if (slot.checkpointId! > checkpointId) continue;
      await this.#persistently(() => slot.transaction!.commit());
      slot.transaction = null;
      slot.checkpointId = null;
    }
  }

  /** What is sealed stays, for whoever goes on; the rest is aborted, since readers of what is committed wait behind it. */
  async close(): Promise<void> {
    await this.#abortWritten();
    await Promise.all(
      this.#slots.map(({ producer }) => closed(producer, (client, done) => client.close(true, done))),
    );
  }

  async #abortWritten(): Promise<void> {
    const transaction = this.#written?.transaction ?? null;
    if (transaction === null) return;
    // What cannot be aborted now is so by who takes the id over, or after its timeout.
    await within(transaction.abort(), ABORT_MS, this.settings.timers).catch(() => false);
  }

  /**
   * A transaction with an epoch of its own: a checkpoint that has the one before, and may have committed it, cannot end this one.
   * It waits for the commit before to be done, so that the first write need not.
   */
  #begin({ producer }: Slot): Promise<Transaction> {
    return this.#persistently(async () => {
      await producer.transaction?.cancel();
      const hasEpoch = producer.producerEpoch !== undefined;
      const transaction = await producer.beginTransaction(NEW_PRODUCER as never);
      // The client asks for an epoch when it begins its first transaction only.
      if (hasEpoch) await producer.initIdempotentProducer(NEW_PRODUCER as never);
      return transaction;
    });
  }

  #sealed(): Slot[] {
    const sealed = this.#slots.filter(({ checkpointId }) => checkpointId !== null);
    return sealed.sort((a, b) => a.checkpointId! - b.checkpointId!);
  }

  #free(): Slot {
    const free = this.#slots.find(({ checkpointId }) => checkpointId === null);
    if (free !== undefined) return free;
    throw new SinkError(
      'SINK_TRANSACTIONS',
      `Table ${this.settings.table}: ${SLOTS} transactions wait for their checkpoints, of which none was completed.`,
      { hint: 'Look why checkpoints fail; the job can go on from the last one that was complete.' },
    );
  }

  async #commitSaved([id, producerId, epoch]: SavedTransaction): Promise<void> {
    const { endTxnV3 } = await import('@platformatic/kafka');
    try {
      await this.#persistently(async () => {
        const connection = await this.#coordinatorOf(id);
        await endTxnV3.api.async(connection, id, BigInt(producerId), epoch, true);
      });
    } catch (error) {
      if (!codesOf(error).some((code) => ENDED.has(code))) throw error;
      this.settings.onNote(
        `table ${this.settings.table}: transaction ${id} of the checkpoint has ended already: an earlier start from it committed it, ` +
          "or the brokers gave it up after 'properties.transaction.timeout.ms'",
      );
    }
  }

  async #coordinatorOf(id: string) {
    const { findCoordinatorV4, FindCoordinatorKeyTypes } = await import('@platformatic/kafka');
    const { producer } = this.#slots[0]!;
    const [any] = (await producer.connectToBrokers()).values();
    const { coordinators } = await findCoordinatorV4.api.async(any!, FindCoordinatorKeyTypes.TRANSACTION, [
      id,
    ]);
    const node = coordinators[0]!.nodeId;
    return (await producer.connectToBrokers([node])).get(node)!;
  }

  /** Ending a transaction twice is ending it once, so it is tried until the brokers answer; also while the job stops. */
  async #persistently<T>(work: () => Promise<T>): Promise<T> {
    const { clock, timers } = this.settings;
    const giveUpAt = clock.nowMs() + GIVE_UP_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isBusy = codesOf(error).includes('CONCURRENT_TRANSACTIONS') || isTransient(error);
        if (!isBusy || clock.nowMs() > giveUpAt) throw this.#told(error);
        await new Promise<void>((resolve) => timers.after(BACKOFF_MS, resolve));
      }
    }
  }

  #told(error: unknown): Error {
    return error instanceof SinkError
      ? error
      : kafkaError('write', this.settings.table, this.settings.properties, error);
  }
}

/** Answers to who wants to end a transaction that has ended, and whose id has been taken over. */
const ENDED: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** The codes of the protocol in an error of the client, and in what caused it. */
function codesOf(error: unknown): string[] {
  const {
    apiId,
    errors = [],
    cause,
  } = error as {
    readonly apiId?: string;
    readonly errors?: readonly unknown[];
    readonly cause?: unknown;
  };
  const inner = [...errors, ...(cause === undefined || cause === null ? [] : [cause])].flatMap(codesOf);
  return apiId === undefined ? inner : [apiId, ...inner];
}
