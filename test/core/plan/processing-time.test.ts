import { expect, test } from 'vitest';
import { columnOf } from '../../../core/plan/expression-builders.js';
import { isProcessingTime } from '../../../core/plan/processing-time.js';
import { addTable, bind, stagesOf, testCatalog } from '../graph/planning.js';

const catalog = testCatalog();
const DATAGEN = { connector: 'datagen' };
addTable(catalog, 'clicks', { k: 'STRING', pt: '= PROCTIME()', seen: 'TIMESTAMP_LTZ(3)' }, DATAGEN);
addTable(catalog, 'stamped', { k: 'STRING', ts: '= CURRENT_TIMESTAMP' }, DATAGEN, 'ts');

/** True where the first column that a query gives is processing time. */
function isOfTheClock(sql: string): boolean {
  const [query] = bind(sql, catalog);
  return isProcessingTime(query!.root, columnOf(query!.root.columns[0]!));
}

test.each([
  ['a column of PROCTIME()', 'SELECT pt FROM clicks'],
  ['a rename', "SELECT x FROM (SELECT pt AS x, k FROM clicks) WHERE k = 'a'"],
  ['UNION ALL of processing times', 'SELECT pt FROM clicks UNION ALL SELECT PROCTIME() FROM stamped'],
  [
    'WITH that is read twice',
    'WITH w AS (SELECT pt FROM clicks) SELECT pt FROM w UNION ALL SELECT pt FROM w',
  ],
])('%s is processing time', (_, sql) => {
  expect(isOfTheClock(sql)).toBe(true);
});

test.each([
  ['a plain timestamp', 'SELECT seen FROM clicks'],
  ['CURRENT_TIMESTAMP with a WATERMARK on it', 'SELECT ts FROM stamped'],
  ['UNION ALL with a plain timestamp', 'SELECT seen FROM clicks UNION ALL SELECT pt FROM clicks'],
])('%s is not processing time', (_, sql) => {
  expect(isOfTheClock(sql)).toBe(false);
});

test('the first row by CURRENT_TIMESTAMP with a WATERMARK on it is the first in event time', () => {
  const numbered = 'SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n FROM stamped';
  const { stages } = stagesOf(`SELECT k FROM (${numbered}) WHERE n = 1`, 'streaming', catalog);
  expect(stages.flatMap((stage) => (stage.kind === 'stream' ? [stage.operator.kind] : []))).toContain(
    'first_row',
  );
});
