/** The statements that write rows into a table: each takes a list of texts for each column, which the server casts to its types. */
import type { Client } from 'pg';
import { columnTypes } from './column-types.js';
import { quoted, quotedTable } from './postgres-client.js';

/** A row as texts, in the order of the columns. */
export type Texts = readonly (string | null)[];

export interface WriteStatements {
  /** In one transaction. */
  write(client: Client, written: readonly Texts[], removed: readonly Texts[]): Promise<void>;
}

/**
 * @param table its name here, for messages
 * @param keys places of the primary key's columns; empty: rows are added
 * @throws {SinkError} SINK_TABLE where the table or a column is not there
 */
export async function writeStatements(
  client: Client,
  table: string,
  name: string,
  columns: readonly string[],
  keys: readonly number[],
): Promise<WriteStatements> {
  const found = await columnTypes(client, { table, name, use: 'write' }, columns);
  const types = found.map(({ type }) => type);
  const insert = insertText(name, columns, types, keys);
  const remove = removeText(name, columns, types, keys);
  return {
    write: async (at, written, removed) => {
      await at.query('BEGIN');
      if (removed.length > 0)
        await at.query(
          remove,
          keys.map((key) => removed.map((texts) => texts[key]!)),
        );
      if (written.length > 0)
        await at.query(
          insert,
          columns.map((_, i) => written.map((texts) => texts[i]!)),
        );
      await at.query('COMMIT');
    },
  };
}

/** A row for each place of the lists: a list of lists would be taken apart, so that each item is cast by itself. */
function rowsText(columns: readonly string[], types: readonly string[]): string {
  const lists = columns.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const names = columns.map((_, i) => `v${i}`);
  const values = names.map((name, i) => `${name}::${types[i]}`).join(', ');
  return `SELECT ${values} FROM unnest(${lists}) AS r(${names.join(', ')})`;
}

function insertText(
  name: string,
  columns: readonly string[],
  types: readonly string[],
  keys: readonly number[],
): string {
  const insert = `INSERT INTO ${quotedTable(name)} (${columns.map(quoted).join(', ')}) ${rowsText(columns, types)}`;
  if (keys.length === 0) return insert;
  const target = keys.map((key) => quoted(columns[key]!)).join(', ');
  const others = columns.filter((_, i) => !keys.includes(i)).map(quoted);
  const action =
    others.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${others.map((column) => `${column} = EXCLUDED.${column}`).join(', ')}`;
  return `${insert} ON CONFLICT (${target}) DO ${action}`;
}

function removeText(
  name: string,
  columns: readonly string[],
  types: readonly string[],
  keys: readonly number[],
): string {
  const own = keys.map((key) => columns[key]!);
  const rows = rowsText(
    own,
    keys.map((key) => types[key]!),
  );
  return `DELETE FROM ${quotedTable(name)} WHERE (${own.map(quoted).join(', ')}) IN (${rows})`;
}
