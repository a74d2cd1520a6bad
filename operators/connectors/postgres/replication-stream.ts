/** The stream of changes of a replication slot (PostgreSQL, "Streaming Replication Protocol"). */
import type { Client } from 'pg';
import {
  lsnText,
  POSTGRES_EPOCH_MICROS,
  parseReplicationMessage,
  type ReplicationMessage,
} from './pgoutput.js';

/** What `pg` has beneath its client. */
interface Connection {
  readonly stream: { pause(): void; resume(): void };
  on(event: 'copyData', listener: (message: { readonly chunk: Buffer }) => void): void;
  on(event: 'replicationStart', listener: () => void): void;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
  on(event: 'errorMessage', listener: (error: Error) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

const MOST_WAITING = 1_000;

export class ReplicationStream implements AsyncIterableIterator<ReplicationMessage> {
  readonly #connection: Connection;
  readonly #waiting: ReplicationMessage[] = [];
  #wake: (() => void) | null = null;
  #failure: { readonly error: Error } | null = null;
  #isEnded = false;

  constructor(
    client: Client,
    private readonly nowMs: () => number,
    /** What the server may forget; it is told when it asks, and by `confirm`. */
    private readonly confirmed: () => bigint,
    /** Called when the server begins, and with each of its messages: a quiet one says for a long time no more. */
    private readonly onAnswer: () => void,
  ) {
    this.#connection = (client as unknown as { readonly connection: Connection }).connection;
    this.#connection.on('replicationStart', () => this.onAnswer());
    this.#connection.on('copyData', ({ chunk }) => this.#take(chunk));
    this.#connection.on('error', (error) => this.fail(error ?? new Error('Connection terminated')));
    this.#connection.on('errorMessage', (error) => this.fail(error));
    this.#connection.on('end', () => this.fail(new Error('Connection terminated')));
  }

  /** Begins; what fails is told by the iteration. */
  start(client: Client, slot: string, publication: string, from: bigint): void {
    const text = `START_REPLICATION SLOT "${slot}" LOGICAL ${lsnText(from)} (proto_version '1', publication_names '"${publication}"')`;
    client.query(text).catch((error: Error) => this.fail(error));
  }

  /** Tells the server how far it may forget. */
  confirm(): void {
    const lsn = this.confirmed();
    const status = Buffer.alloc(34);
    status.write('r', 0);
    for (const at of [1, 9, 17]) status.writeBigInt64BE(lsn, at);
    status.writeBigInt64BE(BigInt(this.nowMs()) * 1_000n - POSTGRES_EPOCH_MICROS, 25);
    if (this.#failure === null && !this.#isEnded) this.#connection.sendCopyFromChunk(status);
  }

  /** Ends the iteration. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<ReplicationMessage>> {
    for (;;) {
      if (this.#isEnded) return { value: undefined, done: true };
      const value = this.#waiting.shift();
      if (value !== undefined) {
        if (this.#waiting.length === 0) this.#connection.stream.resume();
        return { value, done: false };
      }
      if (this.#failure !== null) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** `w`: a message behind 24 bytes of places and times. `k`: the server is alive, and may ask whether we are. */
  #take(chunk: Buffer): void {
    const kind = String.fromCharCode(chunk[0]!);
    if (kind === 'k' || kind === 'w') this.onAnswer();
    if (kind === 'k') {
      if (chunk[17] === 1) this.confirm();
      return;
    }
    if (kind !== 'w') return;
    this.#waiting.push(parseReplicationMessage(chunk.subarray(25)));
    if (this.#waiting.length >= MOST_WAITING) this.#connection.stream.pause();
    this.#wake?.();
  }
}
