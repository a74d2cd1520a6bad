/** The publication and the replication slot of a table whose changes are read. */
import type { Client } from 'pg';
import { nearNames, SourceError } from '../../../core/index.js';
import type { CdcTable } from './cdc-table.js';
import { parseLsn } from './pgoutput.js';
import { quoted } from './postgres-client.js';

/** A slot that has just been made. */
export interface NewSlot {
  /** Changes from here on are in it. */
  readonly start: bigint;
  /** What the table was there, until the connection is used again. */
  readonly snapshot: string;
}

/**
 * Checks what the changes of a table need, and makes the publication where it is not there.
 * @param table its name here, for messages
 * @throws {SourceError} SOURCE_REPLICATION
 */
export async function prepare(client: Client, table: string, cdc: CdcTable): Promise<void> {
  const { schema, name, publication } = cdc;
  const level = await one(client, "SELECT current_setting('wal_level')", []);
  if (level !== 'logical') {
    throw refused(
      table,
      `the server has wal_level = ${level}`,
      'Set wal_level = logical and restart the server.',
    );
  }
  const found = await one(
    client,
    'SELECT relreplident FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relname = $2',
    [schema, name],
  );
  if (found === null)
    throw refused(
      table,
      `the database has no table ${schema}.${name}`,
      "Check 'schema-name' and 'table-name'.",
    );
  if (found !== 'f' && !cdc.isUpsert) {
    throw refused(
      table,
      `the server does not log rows of ${schema}.${name} as they were`,
      `Run ALTER TABLE ${quoted(schema)}.${quoted(name)} REPLICA IDENTITY FULL, or set 'changelog-mode' = 'upsert' and a primary key.`,
    );
  }
  const isThere = await one(client, 'SELECT 1 FROM pg_publication WHERE pubname = $1', [publication]);
  if (isThere === null) {
    if (!cdc.makesPublication)
      throw refused(table, `there is no publication ${publication}`, 'Create it, or allow that it is made.');
    await client.query(
      `CREATE PUBLICATION ${quoted(publication)} FOR TABLE ${quoted(schema)}.${quoted(name)}`,
    );
  }
  const holds = await one(
    client,
    'SELECT 1 FROM pg_publication_tables WHERE pubname = $1 AND schemaname = $2 AND tablename = $3',
    [publication, schema, name],
  );
  if (holds === null) {
    throw refused(
      table,
      `the publication ${publication} does not have ${schema}.${name}`,
      `Run ALTER PUBLICATION ${quoted(publication)} ADD TABLE ${quoted(schema)}.${quoted(name)}, or name another by 'debezium.publication.name'.`,
    );
  }
}

/** @throws {SourceError} SOURCE_REPLICATION where the table there does not have one of them */
export async function checkColumns(
  client: Client,
  table: string,
  { schema, name }: CdcTable,
  columns: readonly string[],
): Promise<void> {
  const { rows } = await client.query<[string]>({
    text: `SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname = $1 AND relname = $2 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    values: [schema, name],
    rowMode: 'array',
  });
  const known = rows.map(([column]) => column);
  const missing = columns.find((column) => !known.includes(column));
  if (missing === undefined) return;
  const near = nearNames(missing, known);
  const hint = near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${known.join(', ')}.`;
  throw refused(table, `${schema}.${name} has no column '${missing}'`, hint);
}

/** @throws {SourceError} SOURCE_REPLICATION where it is there already, or is not although it has to be */
export async function checkSlot(
  client: Client,
  table: string,
  { slot }: CdcTable,
  isExpected: boolean,
): Promise<void> {
  const isThere =
    (await one(client, 'SELECT 1 FROM pg_replication_slots WHERE slot_name = $1', [slot])) !== null;
  if (isThere === isExpected) return;
  throw isThere
    ? refused(
        table,
        `the slot ${slot} is there already`,
        `Go on from the checkpoint of the job that made it, set 'scan.startup.mode' = 'committed-offset', or remove it: SELECT pg_drop_replication_slot('${slot}').`,
      )
    : refused(
        table,
        `there is no slot ${slot} any more`,
        'Changes since the checkpoint are lost: run the job from its beginning.',
      );
}

/** Removes the slot where it is there. */
export async function dropSlot(client: Client, slot: string): Promise<void> {
  const text = 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1';
  await client.query(text, [slot]);
}

/** Makes the slot; `replication` is a connection in replication mode. */
export async function makeSlot(replication: Client, slot: string): Promise<NewSlot> {
  const { rows } = await replication.query<{
    readonly consistent_point: string;
    readonly snapshot_name: string;
  }>(`CREATE_REPLICATION_SLOT ${quoted(slot)} LOGICAL pgoutput EXPORT_SNAPSHOT`);
  return { start: parseLsn(rows[0]!.consistent_point), snapshot: rows[0]!.snapshot_name };
}

export function refused(table: string, what: string, hint: string): SourceError {
  return new SourceError('SOURCE_REPLICATION', `Table ${table}: its changes cannot be read: ${what}.`, {
    hint,
  });
}

async function one(client: Client, text: string, values: readonly string[]): Promise<string | null> {
  const { rows } = await client.query<string[]>({ text, values: [...values], rowMode: 'array' });
  return rows[0]?.[0] ?? null;
}
