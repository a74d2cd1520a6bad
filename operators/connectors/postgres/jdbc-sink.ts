/**
 * Writes rows into a table of PostgreSQL: with a primary key a row takes the place of the one that is there, without one all are
 * added. A checkpoint is complete when all rows before it are there.
 */
import type { Client } from 'pg';
import {
  type Barrier,
  type Batch,
  decodeBatch,
  type Exchange,
  type Operator,
  type OperatorContext,
  SinkError,
  type SinkStage,
  type SqlValue,
  type Watermark,
} from '../../../core/index.js';
import { pause } from '../../sources/pause.js';
import { type Change, INSERT, isAddition } from '../../streaming/row-function.js';
import { Turns } from '../../turns.js';
import type { ConnectorHost } from '../connector.js';
import type { JdbcTable } from './jdbc-table.js';
import { connectTo, isLost, postgresError } from './postgres-client.js';
import { postgresWriter } from './postgres-value.js';
import { type Texts, type WriteStatements, writeStatements } from './write-statements.js';

const RETRY_MS = 1_000;

export class JdbcSink implements Operator {
  #context!: OperatorContext;
  #client: Client | null = null;
  #statements!: WriteStatements;
  /** Rows that wait, by their key; without one in their order. */
  #waiting = new Map<string, { readonly texts: Texts; readonly isRemoval: boolean }>();
  #count = 0;
  #hasWritten = false;
  #cancelTimer: (() => void) | null = null;
  readonly #turns = new Turns();
  readonly #exchange: Exchange;
  readonly #keys: readonly number[];
  /** Of each column that is written. */
  readonly #writers: readonly ((value: SqlValue) => string)[];

  constructor(
    private readonly stage: SinkStage,
    private readonly table: JdbcTable,
    private readonly host: ConnectorHost,
  ) {
    this.#exchange = host.job.graph.exchanges.find(({ id }) => id === stage.inputs[0])!;
    this.#keys = stage.primaryKey.map((name) => stage.columns.findIndex((column) => column.name === name));
    this.#writers = stage.columns.map(({ column }) => postgresWriter(this.#exchange.columns[column]!.type));
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    try {
      this.#client = await connectTo(this.table.address);
      const columns = this.stage.columns.map(({ name }) => name);
      this.#statements = await writeStatements(
        this.#client,
        this.stage.table,
        this.table.name,
        columns,
        this.#keys,
      );
    } catch (error) {
      throw this.#told(error);
    }
  }

  processBatch(batch: Batch): Promise<void> {
    return this.#turns.alone(async () => {
      this.#take(batch);
      if (this.#waiting.size >= this.table.flushRows || this.table.flushMs === 0) await this.#flush();
      else this.#flushLater();
    });
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      await this.#flush();
      this.#context.acknowledge(barrier.checkpointId, null);
    });
  }

  endInput(): Promise<void> {
    return this.#turns.alone(() => this.#flush());
  }

  async close(): Promise<void> {
    this.#cancelTimer?.();
    await this.#disconnect();
  }

  /** With a key rows that are written again are the same. */
  whyNotAgain(): string | null {
    if (!this.#hasWritten || this.#keys.length > 0) return null;
    return `rows have been added to table ${this.stage.table}`;
  }

  #take(batch: Batch): void {
    const columns = decodeBatch(batch, this.#exchange, this.host.job.schemas);
    const change = this.stage.change === null ? null : columns[this.stage.change]!;
    const fields = this.stage.columns.map(({ column }) => columns[column]!.value);
    for (let row = 0; row < batch.rows; row++) {
      const kind = (change?.value(row) ?? INSERT) as Change;
      const texts = fields.map((value, i) => {
        const own = value(row);
        return own === null ? null : this.#writers[i]!(own);
      });
      const key =
        this.#keys.length === 0 ? String(this.#count++) : JSON.stringify(this.#keys.map((at) => texts[at]));
      this.#waiting.set(key, { texts, isRemoval: !isAddition(kind) });
    }
  }

  #flushLater(): void {
    if (this.#cancelTimer !== null || this.#waiting.size === 0) return;
    this.#cancelTimer = this.#context.timers.after(this.table.flushMs, () => {
      this.#turns.alone(() => this.#flush()).catch((error: unknown) => this.#context.fail(error));
    });
  }

  async #flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#waiting.size === 0) return;
    const rows = [...this.#waiting.values()];
    const written = rows.filter(({ isRemoval }) => !isRemoval).map(({ texts }) => texts);
    const removed = rows.filter(({ isRemoval }) => isRemoval).map(({ texts }) => texts);
    for (let retry = 0; ; retry++) {
      try {
        this.#client ??= await connectTo(this.table.address);
        await this.#statements.write(this.#client, written, removed);
        break;
      } catch (error) {
        await this.#disconnect();
        if (!isLost(error) || retry >= this.table.maxRetries || this.#context.signal.aborted)
          throw this.#told(error);
        this.host.onNote(`table ${this.stage.table}: PostgreSQL does not answer, it is tried again`);
        await pause(this.#context, RETRY_MS * (retry + 1));
      }
    }
    this.#waiting = new Map();
    this.#hasWritten = true;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  #told(error: unknown): unknown {
    if (error instanceof SinkError) return error;
    return postgresError('write', this.stage.table, this.table.address, error);
  }
}
