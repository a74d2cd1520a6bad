/** Reads a table of PostgreSQL once, through a cursor. */
import type { Client } from 'pg';
import {
  type Barrier,
  deferred,
  type OperatorContext,
  SourceError,
  type SourceOperator,
  type SourceStage,
} from '../../../core/index.js';
import type { ConnectorHost } from '../connector.js';
import { SourceRows } from '../source-rows.js';
import type { JdbcTable } from './jdbc-table.js';
import { connectTo, postgresError, quoted, quotedTable } from './postgres-client.js';
import { fetchRows, valuesReader } from './scan-rows.js';

/**
 * All rows are of one moment. They have no place to go on from: a checkpoint waits until the last of them has gone out.
 */
export class JdbcSource implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  #client: Client | null = null;
  /** True: all rows have gone out; false: they never will. */
  readonly #ended = deferred<boolean>();
  readonly #barriers = new Set<Promise<void>>();

  constructor(
    private readonly stage: SourceStage,
    private readonly table: JdbcTable,
    private readonly host: ConnectorHost,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#rows = new SourceRows(this.stage, this.host.job, context);
    try {
      this.#client = await connectTo(this.table.address);
    } catch (error) {
      throw this.#told(error);
    }
    context.signal.addEventListener('abort', () => void this.#end(), { once: true });
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    const { restored } = this.host.job;
    try {
      // A checkpoint that this source is in was taken behind all of its rows.
      this.#ended.resolve((restored?.has(this.stage.id) ?? false) || (await this.#scan()));
    } catch (error) {
      this.#ended.resolve(false);
      if (signal.aborted) return;
      throw error instanceof SourceError ? error : this.#told(error);
    }
    await Promise.all(this.#barriers);
  }

  snapshot(barrier: Barrier): Promise<void> {
    const passed = this.#ended.promise.then(async (isWhole) => {
      if (isWhole) await this.#rows.snapshot(barrier, () => null);
    });
    this.#barriers.add(passed);
    return passed;
  }

  async close(): Promise<void> {
    await this.#end();
  }

  /** False where the job stopped before the last row. */
  async #scan(): Promise<boolean> {
    const client = this.#client!;
    const { declared, columns, table } = this.stage;
    const { name, fetchSize } = this.table;
    const read = valuesReader(columns, table, name);
    const places = declared.map((column) => columns.findIndex((own) => own.name === column.name));
    const list = columns.map((column) => quoted(column.name)).join(', ');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const where of rangesOf(this.table)) {
      for await (const rows of fetchRows(
        client,
        `SELECT ${list} FROM ${quotedTable(name)}${where}`,
        fetchSize,
      )) {
        for (const row of rows) {
          const values = read(row);
          this.#rows.add(places.map((place) => values[place] ?? null));
        }
        await this.#rows.send();
        if (this.#context.signal.aborted) return false;
      }
    }
    await client.query('COMMIT');
    return true;
  }

  async #end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  #told(error: unknown): Error {
    return postgresError('read', this.stage.table, this.table.address, error);
  }
}

/** The conditions of the queries that read the table, one after the other. Rows outside of the bounds are in none, as in Flink. */
function rangesOf({ partition }: JdbcTable): readonly string[] {
  if (partition === null) return [''];
  const { column, ranges, lower, upper } = partition;
  const count = Math.min(ranges, upper - lower + 1);
  const step = (upper - lower + 1) / count;
  return Array.from({ length: count }, (_, i) => {
    const from = lower + Math.floor(i * step);
    const to = lower + Math.floor((i + 1) * step) - 1;
    return ` WHERE ${quoted(column)} BETWEEN ${from} AND ${to}`;
  });
}
