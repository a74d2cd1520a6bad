/** The types that a table of the database gives to its columns. */
import type { Client } from 'pg';
import { nearNames, SinkError, SourceError } from '../../../core/index.js';
import { quotedTable } from './postgres-client.js';

export interface ColumnType {
  /** Of its values, with length and scale. */
  readonly type: string;
  /** That a value is cast to which is compared with the column: no value becomes another one by it. */
  readonly compared: string;
}

/**
 * @param table its name here, for messages
 * @throws {SourceError | SinkError} SOURCE_TABLE, SINK_TABLE where the table or a column is not there
 */
export async function columnTypes(
  client: Client,
  { table, name, use }: { readonly table: string; readonly name: string; readonly use: 'read' | 'write' },
  columns: readonly string[],
): Promise<ColumnType[]> {
  const { rows } = await client.query<ColumnType & { readonly attname: string }>(
    `SELECT attname, format_type(atttypid, atttypmod) AS type, format_type(atttypid, NULL) AS compared FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [quotedTable(name)],
  );
  const missing = (text: string, hint: string) =>
    use === 'read'
      ? new SourceError('SOURCE_TABLE', `Table ${table}: ${text}`, { hint })
      : new SinkError('SINK_TABLE', `Table ${table}: ${text}`, { hint });
  if (rows.length === 0) {
    throw missing(
      `the database has no table ${name}.`,
      "Create it, or correct 'table-name' (schema.table, with the case that it has there).",
    );
  }
  const types = new Map(rows.map((row) => [row.attname, row]));
  return columns.map((column) => {
    const found = types.get(column);
    if (found !== undefined)
      return { type: found.type, compared: COMPARED[found.compared] ?? found.compared };
    const near = nearNames(column, [...types.keys()]);
    throw missing(
      `the table ${name} of the database has no column '${column}'.`,
      near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${[...types.keys()].join(', ')}.`,
    );
  });
}

/** Types without a length whose values have one, and those that are too small for some values. */
const COMPARED: Readonly<Record<string, string>> = {
  character: 'bpchar',
  smallint: 'bigint',
  integer: 'bigint',
};
