import { expect, test } from 'vitest';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import type { LogicalPlan } from '../../../core/plan/logical-plan.js';
import { subqueryPlans } from '../../../core/plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../../../core/plan/visit-plan.js';
import { bind, stagesOf, testCatalog } from './planning.js';

const GROUPED = 'WITH g AS (SELECT b, COUNT(*) AS n FROM t GROUP BY b)';

/** The ids of the shared plans that a query reads, a reference each. */
function sharedIn(sql: string): string[] {
  const visit = (plan: LogicalPlan): string[] => [
    ...(plan.kind === 'shared' ? [plan.id] : []),
    ...inputsOf(plan).flatMap(visit),
    ...expressionsOf(plan).flatMap(subqueryPlans).flatMap(visit),
  ];
  return visit(bind(sql, testCatalog(), new ColumnIds())[0]!.root);
}

const kindsOf = (sql: string) => stagesOf(sql).stages.map((stage) => stage.kind);

test('a common table that groups is computed once for two readers', () => {
  const ids = sharedIn(`${GROUPED} SELECT x.n FROM g AS x JOIN g AS y ON x.b = y.b`);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('a common table that is read once, or only filters a table, is a part of its reader', () => {
  expect(sharedIn(`${GROUPED} SELECT n FROM g`)).toEqual([]);
  expect(
    sharedIn('WITH f AS (SELECT a FROM t WHERE c > 1) SELECT x.a FROM f AS x JOIN f AS y ON x.a = y.a'),
  ).toEqual([]);
});

test('without Python one stage computes the common table and its readers', () => {
  expect(kindsOf(`${GROUPED} SELECT x.n FROM g AS x JOIN g AS y ON x.b = y.b`)).toEqual([
    'relational',
    'sink',
  ]);
});

test('where Python is called, the rows of the common table are handed to all stages that read them', () => {
  const graph = stagesOf(`${GROUPED} SELECT inc(x.n) FROM g AS x JOIN g AS y ON x.b = y.b`);
  const readsTable = graph.stages.filter((stage) => stage.kind === 'relational' && stage.files.length > 0);
  expect(readsTable).toHaveLength(1);
});
