/** Rows of a query of PostgreSQL, as the table's columns hold them. */
import type { Client } from 'pg';
import type { Column, SqlValue } from '../../../core/index.js';
import { typeToText } from '../../../core/index.js';
import { MalformedRecord } from '../../formats/format.js';
import { malformed } from '../record-reader.js';
import { postgresReader } from './postgres-value.js';

/** A row of the server: texts, by position. */
export type ServerRow = readonly (string | null)[];

const CURSOR = 'millstream_scan';

/** The rows of a query, `size` at a time; needs an open transaction. */
export async function* fetchRows(
  client: Client,
  text: string,
  size: number,
): AsyncGenerator<readonly ServerRow[]> {
  await client.query(`DECLARE ${CURSOR} NO SCROLL CURSOR FOR ${text}`);
  for (;;) {
    const { rows } = await client.query<string[]>({ text: `FETCH ${size} FROM ${CURSOR}`, rowMode: 'array' });
    yield rows;
    if (rows.length < size) break;
  }
  await client.query(`CLOSE ${CURSOR}`);
}

/**
 * Reads the values of some columns.
 * @param table its name here; `source` as the database has it
 */
export function valuesReader(
  columns: readonly Column[],
  table: string,
  source: string,
): (texts: ServerRow) => SqlValue[] {
  const readers = columns.map(({ type }) => postgresReader(type));
  return (texts) =>
    readers.map((read, i) => {
      const text = texts[i];
      if (text === null || text === undefined) return null;
      try {
        return read(text);
      } catch (error) {
        if (!(error instanceof MalformedRecord)) throw error;
        const { name, type } = columns[i]!;
        throw malformed(table, `column ${name} (${typeToText(type)}) of ${source}`, error);
      }
    });
}
