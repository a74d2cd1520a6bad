import { describe, expect, it } from 'vitest';
import { changelogModes, resultKinds } from '../../../operators/session/changelog-modes.js';
import { addTable, stagesOf, testCatalog } from '../../core/graph/planning.js';
import { readModes } from '../../oracle/changelog/corpus.js';

function lastMode(sql: string): string {
  const catalog = testCatalog();
  const columns = { k: 'BIGINT', v: 'BIGINT', ts: 'TIMESTAMP(3)' };
  addTable(catalog, 'e', columns, { connector: 'datagen' }, 'ts');
  addTable(catalog, 'f', columns, { connector: 'datagen' }, 'ts');
  const lines = changelogModes(stagesOf(sql, 'streaming', catalog)).split('\n');
  return /\[.*\]/.exec(lines.at(-1)!)![0];
}

const TUMBLE = "TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE))";
const COUNTS = 'SELECT k, COUNT(*) AS c FROM e GROUP BY k';
const NUMBERED = 'SELECT k, v, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM e';

// Flink says the same, and leaves UB out where no reader needs it.
it.each([
  ['SELECT k + 1 FROM e WHERE v > 2', '[I]'],
  [`SELECT window_start, COUNT(*) FROM ${TUMBLE} GROUP BY window_start, window_end`, '[I]'],
  ['SELECT e.k FROM e JOIN f ON e.k = f.k', '[I]'],
  ['SELECT k FROM e WHERE k IN (SELECT k FROM f)', '[I]'],
  ['SELECT e.k FROM e LEFT JOIN f ON e.k = f.k AND e.ts BETWEEN f.ts AND f.ts', '[I]'],
  ['SELECT k FROM e UNION ALL SELECT k FROM f', '[I]'],
  [COUNTS, '[I,UB,UA]'],
  ['SELECT DISTINCT k FROM e', '[I,UB,UA]'],
  [`SELECT c, COUNT(*) FROM (${COUNTS}) GROUP BY c`, '[I,UB,UA,D]'],
  [`SELECT f.k FROM f JOIN (${COUNTS}) AS g ON f.k = g.k`, '[I,UB,UA]'],
  ['SELECT e.k, f.v FROM e LEFT JOIN f ON e.k = f.k', '[I,UB,UA,D]'],
  ['SELECT k FROM e WHERE NOT EXISTS (SELECT 1 FROM f WHERE f.k = e.k)', '[I,UB,UA,D]'],
  [`SELECT k, n FROM (${NUMBERED}) WHERE n <= 3`, '[I,UB,UA,D]'],
  [`SELECT k FROM (${NUMBERED}) WHERE n <= 3`, '[I,UB,UA,D]'],
  [`SELECT k FROM (${NUMBERED.replace('v DESC', 'ts DESC')}) WHERE n = 1`, '[I,UB,UA,D]'],
  [`SELECT k FROM (${NUMBERED.replace('v DESC', 'ts')}) WHERE n = 1`, '[I]'],
])('%s: %s', (sql, mode) => {
  expect(lastMode(sql)).toBe(mode);
});

/** A row that changes is always taken back first here, Flink leaves that out where nobody needs it. */
const withoutBefore = (kinds: string) => kinds.replace('UB,', '');

/**
 * Planned as joins whose rows may go: Flink's semi join says what its sides say, and it compares with a scalar by an inner join. Of a first row
 * by something else than time Flink's planner says that it never changes, and changes it.
 */
const OTHERS = new Map([
  [
    'SELECT usr, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY usr ORDER BY qty) AS rn FROM orders) WHERE rn = 1',
    'I,UA,D',
  ],
  ['SELECT id FROM orders WHERE id IN (SELECT COUNT(*) FROM ships GROUP BY oid)', 'I,UA,D'],
  ['SELECT id FROM orders INTERSECT SELECT oid FROM ships', 'I,UA,D'],
  ['SELECT id FROM orders WHERE qty > (SELECT AVG(qty) FROM plain)', 'I,UA,D'],
]);

describe('as a real Flink says of its result', () => {
  it.each(readModes().map(({ sql, mode }) => [sql, OTHERS.get(sql) ?? mode!] as const))('%s', (sql, mode) => {
    const catalog = testCatalog();
    const options = { connector: 'datagen' };
    const ts = 'TIMESTAMP(3)';
    const orders = { id: 'BIGINT', usr: 'STRING', qty: 'INT', ts, pt: '= PROCTIME()' };
    addTable(catalog, 'orders', orders, options, 'ts');
    addTable(catalog, 'ships', { sid: 'BIGINT', oid: 'BIGINT', carrier: 'STRING', ts }, options, 'ts');
    addTable(catalog, 'rates', { usr: 'STRING', rate: 'INT', ts }, options, 'ts', ['usr']);
    addTable(catalog, 'plain', { id: 'BIGINT', usr: 'STRING', qty: 'INT', tags: 'ARRAY<STRING>' }, options);

    const kinds = resultKinds(stagesOf(sql, 'streaming', catalog));

    expect(withoutBefore(kinds)).toBe(withoutBefore(mode));
  });
});
