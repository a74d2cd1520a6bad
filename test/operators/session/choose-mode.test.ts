import { expect, test } from 'vitest';
import { STANDARD_CONNECTORS } from '../../../core/graph/plan-options.js';
import { chooseMode } from '../../../operators/session/choose-mode.js';
import { addTable, bind, testCatalog } from '../../core/graph/planning.js';

const functions = { declaration: () => null };

function noteOf(sql: string): string | null {
  const catalog = testCatalog();
  const sequence = { 'fields.n.kind': 'sequence', 'fields.n.start': '1', 'fields.n.end': '9' };
  addTable(catalog, 'numbers', { n: 'BIGINT' }, { connector: 'datagen', ...sequence });
  return chooseMode(bind(sql, catalog), STANDARD_CONNECTORS, null, functions).note;
}

test('a table that never ends is named, with how to stop the job', () => {
  expect(noteOf('SELECT n FROM ticks')).toBe('mode: streaming (table ticks has no end); stop it with Ctrl-C');
});

test('a table that never ends is found in a subquery too', () => {
  expect(noteOf('SELECT (SELECT COUNT(*) FROM ticks)')).toContain('table ticks has no end');
  expect(noteOf('SELECT n FROM numbers WHERE n IN (SELECT n FROM ticks)')).toContain(
    'table ticks has no end',
  );
});

test('of a sequence it is said that it ends, and why it is a stream all the same', () => {
  expect(noteOf('SELECT n FROM numbers')).toBe(
    'mode: streaming (table numbers ends with its sequence, no number-of-rows bounds it)',
  );
  expect(noteOf('SELECT n FROM numbers UNION ALL SELECT n FROM ticks')).toContain('table ticks has no end');
});
