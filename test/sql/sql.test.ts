import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MillstreamError } from '../../core/index.js';
import type { Session } from '../../operators/index.js';
import { parseCases, type SqlCase, withoutSpaces } from './run-case.js';
import { lastOf, openSqlSession } from './sql-session.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.env.SQL_CASES ?? '';
const names = (await readdir(join(HERE, 'cases')))
  .filter((name) => name.includes(wanted) || name.startsWith('00-'))
  .sort();
const files = await Promise.all(
  names.map(async (name) => ({
    name,
    cases: parseCases(await readFile(join(HERE, 'cases', name), 'utf8')),
  })),
);

let session: Session;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-sql-'));
  session = await openSqlSession(folder, HERE);
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

describe.each(files)('$name', ({ cases }) => {
  it.each(cases)('line $line: $title', check);
});

async function check({ sql, expected }: SqlCase): Promise<void> {
  const text = sql.replaceAll('$FOLDER', folder).replaceAll('$FIXTURES', join(HERE, '../fixtures'));
  switch (expected.kind) {
    case 'statement':
      await lastOf(session.execute(text));
      return;
    case 'query': {
      const rows = await rowsOf(text);
      const given = expected.ordered ? rows : [...rows].sort();
      expect(given).toEqual(expected.ordered ? expected.rows : [...expected.rows].sort());
      return;
    }
    case 'explain': {
      const result = await lastOf(session.explain(text));
      for (const line of expected.lines)
        expect(result).toMatchObject({ text: expect.stringContaining(line) });
      return;
    }
    case 'error': {
      const error = await rowsOf(text).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(MillstreamError);
      expect(error).toMatchObject({
        code: expected.code,
        message: expect.stringContaining(expected.message),
      });
    }
  }
}

/** Runs the statements; the rows of the last one. */
async function rowsOf(sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind === 'rows') {
      for await (const batch of result.batches()) {
        for (let row = 0; row < batch.rows; row++) {
          const values = result.columns.map((_, column) => batch.jsonText(row, column));
          rows.push(withoutSpaces(`[${values.join(',')}]`));
        }
      }
    }
  }
  return rows;
}
