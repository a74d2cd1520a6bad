/** The statements that Flink's parser was asked about, and what it said: frozen by `npm run test:oracle -- --update`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readErrors, readLines, readStatements } from './read-corpus.js';

export interface OracleStatement {
  /** Its text, or for long ones the file it lies in. */
  readonly key: string;
  readonly sql: string;
}

/** Every statement of this folder, right or wrong, and those of TPC-H and TPC-DS; none twice. */
export function oracleCorpus(): OracleStatement[] {
  const own = [
    ...readStatements('definitions.sql', 'queries.sql', 'session.sql'),
    ...readStatements('grammar-statements.sql', 'grammar-queries.sql'),
    ...readErrors().map(({ sql }) => sql),
    ...readLines('expressions.txt').map((one) => `SELECT ${one} FROM t`),
    ...readLines('types.txt').map((one) => `SELECT CAST(a AS ${one.replace(/ NOT NULL$/, '')}) FROM t`),
  ];
  const all = [...own.map((sql) => ({ key: sql, sql })), ...benchmark('tpch'), ...benchmark('tpcds')];
  return [...new Map(all.map((statement) => [statement.key, statement])).values()];
}

function benchmark(name: string): OracleStatement[] {
  const folder = new URL(`../../../sql/tpc/${name}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => ({
    key: `${name}/${file}`,
    sql: readFileSync(new URL(file, folder), 'utf8'),
  }));
}

const FROZEN = new URL('flink-verdicts.json', import.meta.url);

/** By key: the class of Flink's syntax tree, or null where Flink's parser refuses the statement. */
export function readVerdicts(): ReadonlyMap<string, string | null> {
  return new Map(Object.entries(JSON.parse(readFileSync(FROZEN, 'utf8')) as Record<string, string | null>));
}

export function writeVerdicts(verdicts: ReadonlyMap<string, string | null>): void {
  writeFileSync(FROZEN, `${JSON.stringify(Object.fromEntries(verdicts), null, 2)}\n`);
}
