/** Reads a table of PostgreSQL as it is, and then its changes as they are committed. */
import type { Client } from 'pg';
import {
  type Barrier,
  type Deferred,
  deferred,
  fromJsonBytes,
  jsonBytes,
  type OperatorContext,
  reasonOf,
  SourceError,
  type SourceOperator,
  type SourceStage,
} from '../../../core/index.js';
import { pause } from '../../sources/pause.js';
import { within } from '../../within.js';
import { Absence } from '../absence.js';
import type { ConnectorHost } from '../connector.js';
import { MOST_ROWS, SourceRows } from '../source-rows.js';
import { checkColumns, checkSlot, dropSlot, makeSlot, type NewSlot, prepare } from './cdc-slot.js';
import type { CdcTable } from './cdc-table.js';
import { ChangeRows } from './change-rows.js';
import type { ReplicationMessage } from './pgoutput.js';
import { connectTo, isLost, postgresError, quoted } from './postgres-client.js';
import { ReplicationStream } from './replication-stream.js';
import { fetchRows } from './scan-rows.js';
import { TransactionRows } from './transaction-rows.js';

const BACKOFF_MS = 500;
/** How long a job that ends waits for the slot that it is making. */
const MAKING_MS = 500;

/**
 * A checkpoint is between two transactions, and behind the first reading of the table. The slot keeps what is behind the last
 * complete checkpoint.
 */
export class CdcSource implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  readonly #changes: ChangeRows;
  /** Behind the last transaction whose rows have gone out; null: the table has not been read yet. */
  #sent: bigint | null = null;
  /** What the server may forget. */
  #confirmed = 0n;
  /** The slot that this attempt makes; null: it is to be there. */
  #making: Promise<NewSlot> | null = null;
  #isClosed = false;
  #hasCompleted = false;
  readonly #transaction = new TransactionRows();
  #absence!: Absence;
  #boundary: Deferred<void> | null = deferred<void>();
  #client: Client | null = null;
  #stream: ReplicationStream | null = null;
  readonly #positions = new Map<number, bigint>();

  constructor(
    private readonly stage: SourceStage,
    private readonly table: CdcTable,
    private readonly host: ConnectorHost,
  ) {
    this.#changes = new ChangeRows(stage, table, host.onNote);
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#absence = new Absence(`table ${this.stage.table}: PostgreSQL`, context.clock, this.host.onNote);
    this.#rows = new SourceRows(this.stage, this.host.job, context);
    context.signal.addEventListener('abort', () => this.#stream?.end(), { once: true });
    const state = this.host.job.restored?.get(this.stage.id) ?? null;
    if (state !== null) this.#sent = BigInt(fromJsonBytes<{ readonly lsn: string }>(state).lsn);
    this.#confirmed = this.#sent ?? 0n;
    const client = await this.#connect();
    try {
      await prepare(client, this.stage.table, this.table);
      if (state === null) await checkColumns(client, this.stage.table, this.table, this.#changes.names);
      await this.#dropLeftBehind(client);
      const isExpected = this.#sent !== null || this.table.start === 'committed-offset';
      await checkSlot(client, this.stage.table, this.table, isExpected);
    } catch (error) {
      throw this.#told(error);
    } finally {
      await ended(client);
    }
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    try {
      if (this.#sent === null) await this.#begin();
      this.#passBoundary();
      while (!signal.aborted) await this.#followOrWait();
    } catch (error) {
      if (signal.aborted) return;
      throw this.#told(error);
    }
  }

  async snapshot(barrier: Barrier): Promise<void> {
    while (this.#boundary !== null && !this.#isClosed) await this.#boundary.promise;
    if (this.#isClosed) return;
    await this.#rows.snapshot(barrier, () => {
      this.#positions.set(barrier.checkpointId, this.#sent!);
      return jsonBytes({ lsn: String(this.#sent) });
    });
  }

  checkpointCompleted(checkpointId: number): void {
    const position = this.#positions.get(checkpointId);
    if (position === undefined) return;
    for (const id of [...this.#positions.keys()]) if (id <= checkpointId) this.#positions.delete(id);
    this.#hasCompleted = true;
    this.host.leftBehind.delete(this.#slotName);
    this.#confirmed = position;
    this.#stream?.confirm();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#boundary?.resolve();
    this.#stream?.confirm();
    this.#stream?.end();
    await ended(this.#client);
    // Nobody can go on from a slot that no checkpoint knows.
    if (this.#making !== null && !this.#hasCompleted) await this.#dropSlot(this.#making);
  }

  /** Makes the slot, and reads the table as it was there. */
  async #begin(): Promise<void> {
    if (this.table.start === 'committed-offset') {
      this.#sent = 0n;
      return;
    }
    const replication = await this.#connect(true);
    try {
      if (this.#isClosed) return;
      this.host.leftBehind.add(this.#slotName);
      this.#making = makeSlot(replication, this.table.slot);
      this.#making.catch((error: unknown) => this.#notMade(error));
      const { start, snapshot } = await this.#making;
      if (this.table.start === 'initial') await this.#readTable(snapshot);
      this.#sent = start;
      this.#confirmed = start;
    } finally {
      await ended(replication);
    }
  }

  /** A server that is lost may have made it. */
  #notMade(error: unknown): void {
    if (isLost(error)) return;
    this.host.leftBehind.delete(this.#slotName);
    this.#making = null;
  }

  async #readTable(snapshot: string): Promise<void> {
    const client = await this.#connect();
    const { schema, name, fetchSize } = this.table;
    const list = this.#changes.names.map(quoted).join(', ');
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
      const text = `SELECT ${list} FROM ${quoted(schema)}.${quoted(name)}`;
      for await (const rows of fetchRows(client, text, fetchSize)) {
        for (const row of rows) this.#rows.add(this.#changes.snapshotRow(row));
        await this.#rows.send();
        if (this.#context.signal.aborted) return;
      }
      await client.query('COMMIT');
    } finally {
      await ended(client);
    }
  }

  async #followOrWait(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      if (this.#context.signal.aborted || !isLost(error)) throw error;
      this.#absence.failed(reasonOf(error));
      await pause(this.#context, BACKOFF_MS);
    } finally {
      this.#stream = null;
      this.#transaction.again();
      const client = this.#client;
      this.#client = null;
      await ended(client);
    }
  }

  /** The changes of one connection. */
  async #follow(): Promise<void> {
    const client = await this.#connect(true);
    this.#client = client;
    const stream = new ReplicationStream(
      client,
      () => this.#context.clock.nowMs(),
      () => this.#forgettable(),
      () => this.#absence.answered(),
    );
    this.#stream = stream;
    // The job may have ended while the server was asked.
    if (this.#context.signal.aborted) return;
    stream.start(client, this.table.slot, this.table.publication, this.#sent!);
    let micros = 0n;
    for await (const message of stream) {
      if (message.kind === 'begin') {
        micros = message.committedMicros;
        this.#boundary ??= deferred<void>();
      } else if (message.kind === 'commit') {
        await this.#commit(message.end);
      } else {
        await this.#take(message, micros);
      }
    }
  }

  async #take(message: ReplicationMessage, micros: bigint): Promise<void> {
    if (message.kind === 'relation') this.#changes.relation(message);
    if (message.kind !== 'insert' && message.kind !== 'update' && message.kind !== 'delete') return;
    this.#changes.change(message, micros, (row) => {
      if (this.#transaction.isNew()) this.#rows.add(row);
    });
    if (this.#rows.pending >= MOST_ROWS) await this.#rows.send();
  }

  async #commit(end: bigint): Promise<void> {
    await this.#rows.send(() => {
      this.#sent = end;
    });
    this.#transaction.commit();
    this.#passBoundary();
  }

  #passBoundary(): void {
    this.#boundary?.resolve();
    this.#boundary = null;
  }

  #forgettable(): bigint {
    return this.host.isCheckpointed ? this.#confirmed : (this.#sent ?? 0n);
  }

  async #connect(isReplication = false): Promise<Client> {
    try {
      return await connectTo(this.table.address, { isReplication });
    } catch (error) {
      if (this.#stream === null && this.#sent !== null && isLost(error)) throw error;
      throw this.#told(error);
    }
  }

  get #slotName(): string {
    const { host, port, database } = this.table.address;
    return `${host}:${port}/${database}/${this.table.slot}`;
  }

  /** An attempt before this one made it, and the server was away when it ended. */
  async #dropLeftBehind(client: Client): Promise<void> {
    const { leftBehind } = this.host;
    if (!leftBehind.has(this.#slotName)) return;
    await dropSlot(client, this.table.slot);
    leftBehind.delete(this.#slotName);
  }

  /** Closing may come while the slot is being made. */
  async #dropSlot(making: Promise<NewSlot>): Promise<void> {
    try {
      if (await within(making, MAKING_MS, this.#context.timers)) {
        const client = await connectTo(this.table.address, { isReplication: true });
        await client.query(`DROP_REPLICATION_SLOT ${quoted(this.table.slot)} WAIT`);
        await ended(client);
        this.host.leftBehind.delete(this.#slotName);
        return;
      }
    } catch {
      // Told as one that takes too long is.
    }
    this.host.onNote(`table ${this.stage.table}: the slot ${this.table.slot} could not be removed`);
  }

  #told(error: unknown): unknown {
    if (error instanceof SourceError) return error;
    return postgresError('read', this.stage.table, this.table.address, error);
  }
}

async function ended(client: Client | null): Promise<void> {
  await client?.end().catch(() => undefined);
}
