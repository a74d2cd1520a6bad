import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../operators/index.js';
import { EXPECTED, nexmarkQuery, nexmarkTables, resultOf } from '../nexmark/results.js';
import { openSqlSession } from '../sql/sql-session.js';

const EVENTS = 100_000;
const HERE = fileURLToPath(new URL('.', import.meta.url));

let session: Session;
beforeAll(async () => {
  session = await openSqlSession(tmpdir(), HERE, 'streaming');
  for await (const _ of session.execute(nexmarkTables(EVENTS)));
});
afterAll(() => session.close());

describe(`as Flink over ${EVENTS} events`, () => {
  it.each(Object.keys(EXPECTED[EVENTS]!))('%s', async (name) => {
    const result = await resultOf(session, nexmarkQuery(name));

    expect(result).toEqual(EXPECTED[EVENTS]![name]);
  });
});
