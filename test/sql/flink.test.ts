import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../operators/index.js';
import { makeTables, readCaseFiles } from './case-files.js';
import { mismatch, outcomeOf } from './case-outcome.js';
import { openSqlSession } from './sql-session.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const files = await readCaseFiles(join(HERE, 'cases/flink'), process.env.SQL_CASES ?? '');

let session: Session;
beforeAll(async () => {
  session = await openSqlSession(tmpdir(), HERE, 'batch');
  await makeTables(session, join(HERE, 'cases/flink'), {});
});
afterAll(() => session.close());

describe.each(files)('as Flink: $name', ({ cases }) => {
  it.each(cases)('line $line: $title', async (one) => {
    const outcome = await outcomeOf(session, one, {});

    expect(mismatch(one.expected, outcome)).toBeNull();
  });
});
