import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../operators/index.js';
import { lastOf, openSqlSession } from '../sql-session.js';
import { difference, type Row } from './compare-rows.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SCALE_FACTOR = process.env.TPC_SCALE_FACTOR ?? '0.01';
const PYTHON = process.env.MILLSTREAM_PYTHON ?? join(HERE, '../../../.venv/bin/python');

/** What a session with the tables of a generator runs: folders of queries, and where its functions are. */
const SUITES = [
  { suite: 'tpch', folders: ['tpch', 'tpch-python'], functions: 'tpch-python' },
  { suite: 'tpcds', folders: ['tpcds'], functions: null },
];

describe.each(SUITES)('the queries of $suite', ({ suite, folders, functions }) => {
  let folder: string;
  let session: Session;
  let answers: Readonly<Record<string, Row[]>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `millstream-${suite}-`));
    execFileSync(PYTHON, [join(HERE, 'generate.py'), folder, suite, SCALE_FACTOR]);
    answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'));
    session = await openSqlSession(folder, join(HERE, functions ?? suite), 'batch');
    await lastOf(session.execute(readFileSync(join(folder, 'tables.sql'), 'utf8')));
    if (functions !== null) {
      await lastOf(session.execute(readFileSync(join(HERE, functions, 'functions.sql'), 'utf8')));
    }
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const queries = folders.flatMap((of) =>
    readdirSync(join(HERE, of)).flatMap(
      (file) =>
        /^(q\d+)\.sql$/
          .exec(file)
          ?.slice(1)
          .map((name) => ({ of, name })) ?? [],
    ),
  );
  it.each(queries)('$of $name gives the rows of plain DuckDB', async ({ of, name }) => {
    const rows = await rowsOf(session, readFileSync(join(HERE, of, `${name}.sql`), 'utf8'));

    expect(difference(rows, answers[name]!)).toBeNull();
  });
});

async function rowsOf(session: Session, sql: string): Promise<Row[]> {
  const result = await lastOf(session.execute(sql));
  if (result?.kind !== 'rows') throw new Error('The query gave no rows.');
  const rows: Row[] = [];
  for await (const batch of result.batches()) {
    for (let row = 0; row < batch.rows; row++) {
      rows.push(result.columns.map((_, column) => textOf(JSON.parse(batch.jsonText(row, column)))));
    }
  }
  return rows;
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}
