/** Connections to PostgreSQL, and what is told of their errors. */
import type { Client } from 'pg';
import { type MillstreamError, SinkError, SourceError } from '../../../core/index.js';

/** Where a database is and who asks. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly ssl: boolean;
}

const CONNECT_MS = 10_000;

/**
 * An open connection, whose values are the texts that the server sends: times in UTC, in ISO form.
 * @param isReplication it takes the commands of replication
 */
export async function connectTo(
  address: PostgresAddress,
  { isReplication = false }: { readonly isReplication?: boolean } = {},
): Promise<Client> {
  const { default: pg } = await import('pg');
  const { host, port, database, user, password, ssl } = address;
  const client = new pg.Client({
    host,
    port,
    database,
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(ssl ? { ssl: { rejectUnauthorized: false } } : {}),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'millstream',
    ...(isReplication ? { replication: 'database' } : {}),
    types: { getTypeParser: () => (text: unknown) => text } as never,
  });
  // Without a listener a lost connection would end the process.
  client.on('error', () => {});
  await client.connect();
  await client.query(
    "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET bytea_output = 'hex'; SET extra_float_digits = 3",
  );
  return client;
}

/** A name as SQL text. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` or `table` as SQL text. */
export function quotedTable(name: string): string {
  return name.split('.').map(quoted).join('.');
}

/** True where the server may answer another time. */
export function isLost(error: unknown): boolean {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  // Classes 08 and 57P: connection exceptions, and a server that shuts down or starts.
  return (
    /^(08|57P|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN)/.test(code) ||
    /Connection terminated|connection timeout|timeout expired|not queryable/i.test(message)
  );
}

/** The error for a database that cannot be used. */
export function postgresError(
  use: 'read' | 'write',
  table: string,
  { host, port, database }: PostgresAddress,
  error: unknown,
): MillstreamError {
  const { message = '', code = '' } = error as { readonly message?: string; readonly code?: string };
  const reason = message === '' ? code : message;
  const text = `Table ${table}: PostgreSQL at ${host}:${port}/${database} cannot be ${use === 'read' ? 'read' : 'written'}: ${reason}.`;
  const hint = hintOf(code, error);
  return use === 'read'
    ? new SourceError('SOURCE_CONNECTION', text, { hint, cause: error })
    : new SinkError('SINK_CONNECTION', text, { hint, cause: error });
}

function hintOf(code: string, error: unknown): string {
  if (code === '42P10')
    return 'The primary key of the table here must be a primary key or unique constraint of the table there.';
  if (code.startsWith('28') || code === '42501')
    return "Check 'username' and 'password', and what the user may do.";
  if (code.startsWith('23') || code.startsWith('22'))
    return 'The rows do not fit what the table there demands.';
  return isLost(error) ? 'Check host and port, and that the server runs.' : "Check 'url' and 'table-name'.";
}
