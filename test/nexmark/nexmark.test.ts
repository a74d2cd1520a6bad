import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../operators/index.js';
import { openSqlSession } from '../sql/sql-session.js';
import {
  EXPECTED,
  nexmarkQuery,
  nexmarkTables,
  PYTHON_FUNCTIONS,
  PYTHON_QUERIES,
  pythonQuery,
  resultOf,
} from './results.js';

const EVENTS = 5_000;
const HERE = fileURLToPath(new URL('.', import.meta.url));

let session: Session;
beforeAll(async () => {
  session = await openSqlSession(tmpdir(), HERE, 'streaming');
  for await (const _ of session.execute(`${nexmarkTables(EVENTS)}${PYTHON_FUNCTIONS}`));
});
afterAll(() => session.close());

describe('as Flink over the same events', () => {
  it.each(Object.keys(EXPECTED[EVENTS]!))('%s', async (name) => {
    const result = await resultOf(session, nexmarkQuery(name));

    expect(result).toEqual(EXPECTED[EVENTS]![name]);
  });
});

describe('with Python functions, as Flink without them', () => {
  it.each(PYTHON_QUERIES)('%s', async (name) => {
    const result = await resultOf(session, pythonQuery(name));

    expect(result).toEqual(EXPECTED[EVENTS]![name]);
  });
});
