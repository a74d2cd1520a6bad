import { describe, expect, test } from 'vitest';
import { claimState, type StageGraph, type StoredStage } from '../../../core/index.js';
import { claimNotes, refuseMisfits } from '../../../operators/session/claim-texts.js';
import { identitiesOf } from '../../../operators/session/stage-identity.js';
import { addTable, stagesOf, testCatalog } from '../../core/graph/planning.js';

function graphOf(sql: string): StageGraph {
  const catalog = testCatalog();
  const datagen = { connector: 'datagen' };
  const orders = { k: 'STRING', a: 'BIGINT', b: 'BIGINT', ts: 'TIMESTAMP(3)' };
  addTable(catalog, 'o', orders, datagen, 'ts');
  addTable(catalog, 'renamed', orders, datagen, 'ts');
  addTable(catalog, 'p', { k: 'STRING', x: 'BIGINT', y: 'BIGINT' }, datagen);
  return stagesOf(sql, 'streaming', catalog);
}

/** A checkpoint in which every stage that may remember something does. */
function checkpointOf(sql: string) {
  const stages = identitiesOf(graphOf(sql)).map((stage): StoredStage => {
    const isKept = stage.keeps === 'position' || (stage.keeps === 'state' && !stage.id.startsWith('sink'));
    return { ...stage, state: isKept ? Uint8Array.of(1) : null };
  });
  return { id: 7, job: 'j', origin: 'j', time: 0, stages };
}

/** What a person reads who goes on from a checkpoint of `before` with `after`: the error, or the notes. */
function told(before: string, after: string, takesChanged = false): string[] {
  const stored = checkpointOf(before);
  const found = claimState(stored.stages, identitiesOf(graphOf(after)), takesChanged);
  try {
    refuseMisfits(stored, found);
  } catch (error) {
    return [`refused: ${(error as Error).message}`];
  }
  return claimNotes(stored, found);
}

const SUMS = 'SELECT k, SUM(a) FROM o GROUP BY k';
const WINDOWS = (minutes: number, call = 'SUM(a)') =>
  `SELECT k, ${call} FROM TABLE(TUMBLE(TABLE o, DESCRIPTOR(ts), INTERVAL '${minutes}' MINUTE)) GROUP BY k, window_start, window_end`;
const JOIN = (column: string, where = '') => `SELECT o.a, p.${column} FROM o JOIN p ON o.k = p.k${where}`;
const set = (...queries: string[]) =>
  `EXECUTE STATEMENT SET BEGIN ${queries.map((query) => `INSERT INTO screen ${query};`).join(' ')} END`;

describe('edits that keep the state of a job', () => {
  test.each([
    ['nothing', SUMS, SUMS],
    ['another name of a result', SUMS, 'SELECT k AS card, SUM(a) AS total FROM o GROUP BY k'],
    [
      'a projection and a condition above the groups',
      SUMS,
      `SELECT s FROM (SELECT k, SUM(a) AS s FROM o GROUP BY k) WHERE s > 1`,
    ],
    ['a column more of a query that remembers nothing', 'SELECT k FROM o', 'SELECT k, a + 1 FROM o'],
    ['a column more of a query over files', 'SELECT a FROM u', 'SELECT a, UPPER(CAST(d AS STRING)) FROM u'],
    [
      'a Python function renamed above the groups',
      'SELECT k, inc(SUM(a)) FROM o GROUP BY k',
      'SELECT k, big(SUM(a)) FROM o GROUP BY k',
    ],
    [
      'a condition of a join, as it was, behind other columns',
      'SELECT o.a FROM o LEFT JOIN p ON o.k = p.k AND o.a + 1 > p.x',
      'SELECT o.a + 2, 3 FROM o LEFT JOIN p ON o.k = p.k AND o.a + 1 > p.x',
    ],
    ['windows, as they were', WINDOWS(1), WINDOWS(1)],
    [
      'inserts in another order',
      set('SELECT SUM(a) FROM o GROUP BY k', 'SELECT SUM(b) FROM o GROUP BY k'),
      set('SELECT SUM(b) FROM o GROUP BY k', 'SELECT SUM(a) FROM o GROUP BY k'),
    ],
  ])('%s', (_, before, after) => {
    expect(told(before, after)).toEqual([]);
  });

  test('of several inserts each goes on from its own state, in whatever order they stand', () => {
    const [first, second] = ['SELECT SUM(a) FROM o GROUP BY k', 'SELECT SUM(b) FROM o GROUP BY k'];
    const stored = checkpointOf(set(first, second)).stages.map((stage) => ({
      ...stage,
      state: stage.description.includes('SUM(b)') ? Uint8Array.of(2) : stage.state,
    }));
    const stages = identitiesOf(graphOf(set(second, first)));
    const { states } = claimState(stored, stages);
    const sums = stages.filter(({ description }) => description.startsWith('aggregate'));
    expect(sums.map(({ id, description }) => [description, states.get(id)?.[0]])).toEqual([
      ['aggregate of SUM(b) by k', 2],
      ['aggregate of SUM(a) by k', 1],
    ]);
  });
});

describe('edits that are told', () => {
  test.each([
    [
      'a condition changed below the groups',
      SUMS,
      'SELECT k, SUM(a) FROM o WHERE b > 1 GROUP BY k',
      /^other conditions let rows through to stream-\d+ \(aggregate of SUM\(a\) by k\) now: what it remembers of rows before checkpoint 7 stays as it is$/,
    ],
    [
      'a second insert',
      set('SELECT SUM(a) FROM o GROUP BY k'),
      set('SELECT SUM(a) FROM o GROUP BY k', 'SELECT SUM(b) FROM o GROUP BY k'),
      /^not in checkpoint 7, so begun without state: stream-\d+ \(aggregate of SUM\(b\) by k\), sink-\d+ \(print\)$/,
    ],
  ])('%s', (_, before, after, note) => {
    expect(told(before, after)).toEqual([expect.stringMatching(note)]);
  });
});

describe('edits that are refused, with the stages on both sides', () => {
  test.each([
    [
      'an aggregate more',
      SUMS,
      'SELECT k, SUM(a), MAX(b) FROM o GROUP BY k',
      /has state of stream-\d+ \(aggregate of SUM\(a\) by k\), which no stage of this statement takes\. This one has instead: stream-\d+ \(aggregate of SUM\(a\), MAX\(b\) by k\)\.$/,
    ],
    [
      'another column in an aggregate',
      SUMS,
      'SELECT k, SUM(b) FROM o GROUP BY k',
      /has state that was made of other columns: stream-\d+ \(aggregate of SUM\(b\) by k\) of a, now b\.$/,
    ],
    [
      'another expression in an aggregate',
      SUMS,
      'SELECT k, SUM(a * 2) FROM o GROUP BY k',
      /of a, now .*a.*2/,
    ],
    ['another key', SUMS, 'SELECT UPPER(k), SUM(a) FROM o GROUP BY UPPER(k)', /of k, now UPPER\(k\)\.$/],
    [
      'a Python function renamed below the groups',
      'SELECT k, SUM(inc(a)) FROM o GROUP BY k',
      'SELECT k, SUM(big(a)) FROM o GROUP BY k',
      /of inc\(a\), now big\(a\)\.$/,
    ],
    [
      'a Python aggregate renamed',
      'SELECT k, total(a) FROM o GROUP BY k',
      'SELECT k, spread(a) FROM o GROUP BY k',
      /has state of python-\d+ \(accumulate total: total\(a\) by k\).*instead: python-\d+ \(accumulate spread: spread\(a\) by k\)/,
    ],
    [
      'another size of a window',
      WINDOWS(1),
      WINDOWS(2),
      /made of other columns: stream-\d+ \(aggregate of SUM\(a\) by .*\) of window_start = .*60000.*, now window_start = .*120000/,
    ],
    [
      'another gap of a session',
      "SELECT k, SUM(a) FROM TABLE(SESSION(TABLE o PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
      "SELECT k, SUM(a) FROM TABLE(SESSION(TABLE o PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' MINUTE)) GROUP BY k, window_start, window_end",
      /has state of stream-\d+ \(session of/,
    ],
    [
      'a column more of a join',
      JOIN('x'),
      'SELECT o.a, p.x, p.y FROM o JOIN p ON o.k = p.k',
      /has state of stream-\d+ \(join of \(.*\) and \(k, x\)\).*instead: stream-\d+ \(join of \(.*\) and \(k, x, y\)\)/,
    ],
    [
      'another column of a join, of the same type',
      JOIN('x'),
      JOIN('y'),
      /made of other columns: stream-\d+ \(join of .*\) of x, now y\.$/,
    ],
    [
      'a table renamed',
      SUMS,
      SUMS.replace('FROM o', 'FROM renamed'),
      /has state of source-1 \(datagen o\), which no stage of this statement takes\. This one has instead: source-1 \(datagen renamed\)\..*made of other columns/,
    ],
    [
      'a condition on files, which decides how many rows have gone out',
      'SELECT a FROM u',
      'SELECT a FROM u WHERE d > 1',
      /has state of relational-1 .*instead: relational-1/,
    ],
  ])('%s', (_, before, after, error) => {
    expect(told(before, after)).toEqual([expect.stringMatching(/^refused: Checkpoint 7 of job j /)]);
    expect(told(before, after)[0]).toMatch(error);
  });

  test('state of other columns is taken where that is asked for, and told', () => {
    expect(told(SUMS, 'SELECT k, SUM(b) FROM o GROUP BY k', true)).toEqual([
      expect.stringMatching(
        /^taken from checkpoint 7 though made of other columns: stream-\d+ \(aggregate of SUM\(b\) by k\) of a, now b$/,
      ),
    ]);
  });
});
