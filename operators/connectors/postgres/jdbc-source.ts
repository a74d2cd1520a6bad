/** Reads a table of PostgreSQL once, through a cursor. */
import type { Client } from 'pg';
import {
  type Barrier,
  deferred,
  type OperatorContext,
  SourceError,
  type SourceOperator,
  type SourceStage,
  type SqlValue,
  typeToText,
} from '../../../core/index.js';
import { MalformedRecord } from '../../formats/format.js';
import type { ConnectorHost } from '../connector.js';
import { malformed } from '../record-reader.js';
import { SourceRows } from '../source-rows.js';
import type { JdbcTable } from './jdbc-table.js';
import { connectTo, postgresError, quoted, quotedTable } from './postgres-client.js';
import { postgresReader, type ReadText } from './postgres-value.js';

const CURSOR = 'millstream_scan';

/** A row of the server: texts, by position. */
type Texts = readonly (string | null)[];

/**
 * All rows are of one moment. They have no place to go on from: a checkpoint waits until the last of them has gone out.
 */
export class JdbcSource implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  #client: Client | null = null;
  readonly #ended = deferred<void>();
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
    try {
      await this.#scan();
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof SourceError ? error : this.#told(error);
    } finally {
      this.#ended.resolve();
      await Promise.all(this.#barriers);
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    const passed = this.#ended.promise.then(() => this.#rows.snapshot(barrier, () => null));
    this.#barriers.add(passed);
    return passed;
  }

  async close(): Promise<void> {
    await this.#end();
  }

  async #scan(): Promise<void> {
    const client = this.#client!;
    const { declared, columns } = this.stage;
    const read = columns.map(({ name }) => name);
    const readers = new Map(columns.map(({ name, type }) => [name, postgresReader(type)]));
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const where of rangesOf(this.table)) {
      const text = `SELECT ${read.map(quoted).join(', ')} FROM ${quotedTable(this.table.name)}${where}`;
      await client.query(`DECLARE ${CURSOR} NO SCROLL CURSOR FOR ${text}`);
      for (;;) {
        const { rows } = await client.query<string[]>({
          text: `FETCH ${this.table.fetchSize} FROM ${CURSOR}`,
          rowMode: 'array',
        });
        for (const row of rows as readonly Texts[]) this.#rows.add(this.#row(declared, read, readers, row));
        await this.#rows.send();
        if (rows.length < this.table.fetchSize || this.#context.signal.aborted) break;
      }
      await client.query(`CLOSE ${CURSOR}`);
    }
    await client.query('COMMIT');
  }

  #row(
    declared: SourceStage['declared'],
    read: readonly string[],
    readers: ReadonlyMap<string, ReadText>,
    texts: Texts,
  ): SqlValue[] {
    return declared.map(({ name, type }) => {
      const at = read.indexOf(name);
      const text = at < 0 ? null : texts[at]!;
      if (text === null) return null;
      try {
        return readers.get(name)!(text);
      } catch (error) {
        if (!(error instanceof MalformedRecord)) throw error;
        const where = `column ${name} (${typeToText(type)}) of ${this.table.name}`;
        throw malformed(this.stage.table, where, error);
      }
    });
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
