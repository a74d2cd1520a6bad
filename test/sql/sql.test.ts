import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../operators/index.js';
import { makeTables, readCaseFiles } from './case-files.js';
import { mismatch, outcomeOf } from './case-outcome.js';
import { openSqlSession } from './sql-session.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FIXTURES = join(HERE, '../fixtures');
const files = await readCaseFiles(join(HERE, 'cases'), process.env.SQL_CASES ?? '');

let session: Session;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-sql-'));
  session = await openSqlSession(folder, HERE);
  await makeTables(session, join(HERE, 'cases'), { FOLDER: folder, FIXTURES });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

describe.each(files)('$name', ({ cases }) => {
  it.each(cases)('line $line: $title', async (one) => {
    const outcome = await outcomeOf(session, one, { FOLDER: folder, FIXTURES });

    expect(mismatch(one.expected, outcome)).toBeNull();
  });
});
