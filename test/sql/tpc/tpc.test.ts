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

const SUITES = [
  { queries: 'tpch', suite: 'tpch', functions: null },
  { queries: 'tpch-python', suite: 'tpch', functions: 'functions.sql' },
  { queries: 'tpcds', suite: 'tpcds', functions: null },
];

describe.each(SUITES)('$queries gives the rows of plain DuckDB', ({ queries, suite, functions }) => {
  let folder: string;
  let session: Session;
  let answers: Readonly<Record<string, Row[]>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `millstream-${queries}-`));
    execFileSync(PYTHON, [join(HERE, 'generate.py'), folder, suite, SCALE_FACTOR]);
    answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'));
    session = await openSqlSession(folder, join(HERE, queries), 'batch');
    await lastOf(session.execute(readFileSync(join(folder, 'tables.sql'), 'utf8')));
    if (functions !== null) {
      await lastOf(session.execute(readFileSync(join(HERE, queries, functions), 'utf8')));
    }
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const names = readdirSync(join(HERE, queries)).flatMap((file) => /^(q\d+)\.sql$/.exec(file)?.[1] ?? []);
  it.each(names)('%s', async (name) => {
    const rows = await rowsOf(session, readFileSync(join(HERE, queries, `${name}.sql`), 'utf8'));

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
