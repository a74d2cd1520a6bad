import { expect, it } from 'vitest';
import { changelogModes } from '../../../operators/session/changelog-modes.js';
import { addTable, stagesOf, testCatalog } from '../../core/graph/planning.js';

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

// Flink says the same, and leaves UB out where no reader needs it; of a ranking it says UA also where the number is left out.
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
  ['SELECT e.k, f.v FROM e LEFT JOIN f ON e.k = f.k', '[I,D]'],
  ['SELECT k FROM e WHERE NOT EXISTS (SELECT 1 FROM f WHERE f.k = e.k)', '[I,D]'],
  [`SELECT k, n FROM (${NUMBERED}) WHERE n <= 3`, '[I,UB,UA,D]'],
  [`SELECT k FROM (${NUMBERED}) WHERE n <= 3`, '[I,D]'],
  [`SELECT k FROM (${NUMBERED.replace('v DESC', 'ts DESC')}) WHERE n = 1`, '[I,UB,UA]'],
  [`SELECT k FROM (${NUMBERED.replace('v DESC', 'ts')}) WHERE n = 1`, '[I]'],
])('%s: %s', (sql, mode) => {
  expect(lastMode(sql)).toBe(mode);
});
