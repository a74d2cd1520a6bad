import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MillstreamError } from '../../core/index.js';
import type { Session } from '../../operators/index.js';
import { seeds } from '../support/seeds.js';
import { rowsOf } from './case-outcome.js';
import { randomQuery } from './random/queries.js';
import { createTables } from './random/tables.js';
import { openSqlSession } from './sql-session.js';

const SEEDS = seeds(80, 2_000);
const MOST_OPERATORS = 4;
const QUERIES = SEEDS.map((seed) => ({ seed, sql: randomQuery(seed, 1 + (seed % MOST_OPERATORS)) }));

/** Rows in an order of their own; or the code of an error. */
type Outcome = readonly string[] | string;

let folder = '';
let tables = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-random-'));
  tables = await createTables(folder);
});
afterAll(() => rm(folder, { recursive: true }));

it(`gives the same rows as a batch and as a stream, for ${SEEDS.length} random queries`, async () => {
  const batch = await outcomesOf('batch');
  const stream = await outcomesOf('streaming');

  for (const [i, { seed, sql }] of QUERIES.entries()) {
    expect(stream[i], `seed ${seed}: ${sql}`).toEqual(batch[i]);
  }
  const answered = batch.filter((outcome) => typeof outcome !== 'string');
  expect(answered.length / SEEDS.length).toBeGreaterThan(0.9);
}, 3_600_000);

/** Each mode has the machine's memory for itself. */
async function outcomesOf(mode: 'batch' | 'streaming'): Promise<readonly Outcome[]> {
  const session = await openSqlSession(folder, folder, mode);
  try {
    await rowsOf(session, tables);
    if (mode === 'streaming') await rowsOf(session, alwaysStreams(folder));
    const outcomes: Outcome[] = [];
    for (const { sql } of QUERIES) outcomes.push(await outcomeOf(session, sql));
    return outcomes;
  } finally {
    await session.close();
  }
}

/** A job with checkpoints is a stream, although its sources end and no row can come too late. */
function alwaysStreams(folder: string): string {
  return `SET 'execution.checkpointing.interval' = '1 h';
    SET 'execution.checkpointing.dir' = '${folder}/checkpoints';`;
}

async function outcomeOf(session: Session, sql: string): Promise<Outcome> {
  try {
    return (await rowsOf(session, sql)).sort();
  } catch (error) {
    if (error instanceof MillstreamError) return error.code;
    throw error;
  }
}
