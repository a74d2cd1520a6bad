/** Results of the Nexmark queries, told by a checksum. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Session } from '../../operators/index.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The rows that are left at the end, in any order. */
export interface NexmarkResult {
  readonly rows: number;
  /** Sum of the first 8 bytes of the SHA-256 of each row, modulo 2^64. A row is a JSON list of the texts of its values. */
  readonly checksum: string;
  /** The first three rows in the order of their texts. */
  readonly first: readonly (readonly (string | null)[])[];
}

/** What a real Flink gave, by number of events and name of the query. */
export const EXPECTED = JSON.parse(readFileSync(`${HERE}expected.json`, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, NexmarkResult>>>
>;

/** The text of a query of the benchmark: `q4`. */
export function nexmarkQuery(name: string): string {
  return readFileSync(`${HERE}queries/${name}.sql`, 'utf8');
}

/** The names of the queries that have a variant with Python functions. */
export const PYTHON_QUERIES: readonly string[] = readdirSync(`${HERE}python`).map((file) =>
  file.slice(0, -4),
);

/** The variant of a query with Python functions, which gives the same rows. */
export function pythonQuery(name: string): string {
  return readFileSync(`${HERE}python/${name}.sql`, 'utf8');
}

/** The statements that make its Python functions. */
export const PYTHON_FUNCTIONS = [
  'to_euro',
  'time_class',
  'count_char',
  'channel_id',
  'average',
  'highest',
  'occurrences',
]
  .map((name) => `CREATE TEMPORARY FUNCTION ${name} AS 'functions.${name}' LANGUAGE PYTHON;`)
  .join('\n');

/** The statements that make its tables, over that many events. */
export function nexmarkTables(events: number): string {
  return readFileSync(`${HERE}tables.sql`, 'utf8').replace('$EVENTS', String(events));
}

/** Runs a query to its end. */
export async function resultOf(session: Session, query: string): Promise<NexmarkResult> {
  const texts: string[] = [];
  for await (const result of session.execute(query)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        const values = result.columns.map((_, column): unknown =>
          JSON.parse(quoted(batch.jsonText(row, column))),
        );
        texts.push(JSON.stringify(values));
      }
    }
  }
  texts.sort();
  return {
    rows: texts.length,
    checksum: checksumOf(texts),
    first: texts.slice(0, 3).map((text) => JSON.parse(text) as (string | null)[]),
  };
}

/** Numbers as text, so that none loses digits. */
function quoted(json: string): string {
  return /^[-\d]/.test(json) ? `"${json}"` : json;
}

function checksumOf(texts: readonly string[]): string {
  const sum = texts.reduce(
    (total, text) => total + createHash('sha256').update(text).digest().readBigUInt64BE(),
    0n,
  );
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
}
