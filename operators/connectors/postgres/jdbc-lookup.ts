/** Looks rows of a table of PostgreSQL up: many keys by one SELECT. */
import type { Client } from 'pg';
import { type OperatorContext, SourceError, type SqlValue } from '../../../core/index.js';
import { pause } from '../../sources/pause.js';
import type { LookupRequest, LookupTable } from '../../streaming/lookup/lookup-table.js';
import type { Row } from '../../streaming/row-function.js';
import type { ConnectorHost } from '../connector.js';
import type { JdbcTable } from './jdbc-table.js';
import { lookupText } from './lookup-text.js';
import { connectTo, isLost, postgresError } from './postgres-client.js';
import { postgresWriter } from './postgres-value.js';
import { type ServerRow, valuesReader } from './scan-rows.js';

const RETRY_MS = 1_000;
const MOST_KEYS = 4_096;

/** Connects when the first keys come, and again when the server has gone away, as often as the table says. */
export class JdbcLookup implements LookupTable {
  readonly caching: JdbcTable['caching'];
  #context!: OperatorContext;
  #client: Client | null = null;
  #text: string | null = null;
  readonly #write: readonly ((value: SqlValue) => string)[];
  readonly #read: (texts: ServerRow) => SqlValue[];

  constructor(
    private readonly request: LookupRequest,
    private readonly table: JdbcTable,
    private readonly host: ConnectorHost,
  ) {
    const { fields, name } = request.table;
    this.caching = table.caching;
    this.#write = request.keys.map((key) => postgresWriter(fields[key]!.type));
    const wanted = request.fields.map((field) => fields[field]!);
    this.#read = valuesReader(wanted, name, table.name);
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    context.signal.addEventListener('abort', () => void this.close(), { once: true });
  }

  async find(keys: readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const found: Row[][] = keys.map(() => []);
    for (let from = 0; from < keys.length; from += MOST_KEYS) {
      for (const row of await this.#ask(keys.slice(from, from + MOST_KEYS))) {
        const [place, ...texts] = row;
        found[from + Number(place) - 1]!.push(this.#fieldsOf(texts));
      }
    }
    return found;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  #fieldsOf(texts: ServerRow): Row {
    const values = this.#read(texts);
    const row: SqlValue[] = this.request.table.fields.map(() => null);
    this.request.fields.forEach((field, i) => {
      row[field] = values[i]!;
    });
    return row;
  }

  async #ask(keys: readonly Row[]): Promise<readonly ServerRow[]> {
    const { name } = this.request.table;
    const lists = this.#write.map((write, i) => keys.map((key) => write(key[i]!)));
    for (let retry = 0; ; retry++) {
      try {
        this.#client ??= await connectTo(this.table.address);
        this.#text ??= await lookupText(this.#client, this.request, this.table.name);
        const query = {
          name: 'millstream_lookup',
          text: this.#text,
          values: lists,
          rowMode: 'array',
        } as const;
        return (await this.#client.query<string[]>(query)).rows;
      } catch (error) {
        await this.close();
        if (!isLost(error) || retry >= this.table.lookupRetries || this.#context.signal.aborted) {
          throw error instanceof SourceError ? error : postgresError('read', name, this.table.address, error);
        }
        this.host.onNote(`table ${name}: PostgreSQL does not answer, it is asked again`);
        await pause(this.#context, RETRY_MS * (retry + 1));
      }
    }
  }
}
