import { expect, it } from 'vitest';
import { CatalogManager } from '../../../../core/catalog/catalog-manager.js';
import { ColumnIds } from '../../../../core/plan/column-ids.js';
import { explainPlan } from '../../../../core/plan/explain-plan.js';
import { bindDeadLetters } from '../../../../core/sql/bind/dead-letters.js';
import { parseTypeText } from '../../../../core/types/type-text.js';
import { problem } from '../../graph/problem.js';

function bind(columns: Readonly<Record<string, string>>, name = 'failed') {
  const catalog = new CatalogManager();
  catalog.createRelation(
    {
      kind: 'table',
      path: catalog.qualify(['failed']),
      columns: Object.entries(columns).map(([key, type]) => ({
        kind: 'physical',
        name: key,
        type: parseTypeText(type),
        comment: null,
      })),
      watermark: null,
      primaryKey: null,
      partitionedBy: [],
      comment: null,
      options: { connector: 'print' },
    },
    { temporary: true, ifNotExists: false },
  );
  const functions = { declaration: () => null, analysis: () => null };
  return bindDeadLetters({ catalog, functions, ids: new ColumnIds(), sql: '' }, [name], name);
}

it('finds the columns of a table by name, in any order, and widens their types', () => {
  const { root, sink } = bind({ row: 'STRING', attempt: 'BIGINT', code: 'STRING NOT NULL' });

  expect(sink).toMatchObject({ kind: 'table', overwrite: false, table: { connector: 'print' } });
  expect(explainPlan(root).split('\n')[0]).toMatch(
    /^project \[row_\d+ = row_\d+, attempt_\d+ = CAST\(attempt_\d+ AS BIGINT\), code_\d+ = code_\d+\]$/,
  );
});

it.each([
  [{ rwo: 'STRING' }, "it has a column 'rwo', and dead letters have none of that name. | Did you mean row?"],
  [
    { row: 'INT' },
    "it has the column 'row' as INT; of a dead letter it is STRING. | The table has some of these columns",
  ],
  [
    { traceback: 'STRING NOT NULL' },
    "it has the column 'traceback' as NOT NULL; of some dead letters it is NULL.",
  ],
])('says which column does not fit: %o', (columns, message) => {
  const text = problem(() => bind(columns as unknown as Record<string, string>));

  expect(text).toMatch(
    /^DEAD_LETTER_TABLE .* Dead letters cannot go to default_catalog\.default_database\.failed: /,
  );
  expect(text).toContain(message);
});

it('says that the table does not exist, with near names', () => {
  expect(problem(() => bind({ row: 'STRING' }, 'faild'))).toContain(
    'default_database.faild: it does not exist. | Did you mean failed? Create it first.',
  );
});
