/** The query of lookups: a list of texts for each key column, which the server casts; a row tells the number of its key. */
import type { Client } from 'pg';
import type { LookupRequest } from '../../streaming/lookup/lookup-table.js';
import { columnTypes } from './column-types.js';
import { quoted, quotedTable } from './postgres-client.js';

/** @throws {SourceError} SOURCE_TABLE where the table or a column is not there */
export async function lookupText(
  client: Client,
  { table, keys, fields }: LookupRequest,
  source: string,
): Promise<string> {
  const names = (numbers: readonly number[]) => numbers.map((number) => table.fields[number]!.name);
  const compared = names(keys);
  const about = { table: table.name, name: source, use: 'read' } as const;
  const types = await columnTypes(client, about, [...compared, ...names(fields)]);
  const lists = keys.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const values = keys.map((_, i) => `v${i}`);
  const equal = compared.map((name, i) => `t.${quoted(name)} = k.v${i}::${types[i]!.compared}`);
  const wanted = names(fields).map((name) => `, t.${quoted(name)}`);
  return (
    `SELECT k.place${wanted.join('')} FROM unnest(${lists}) WITH ORDINALITY AS k(${values.join(', ')}, place) ` +
    `JOIN ${quotedTable(source)} AS t ON ${equal.join(' AND ')}`
  );
}
