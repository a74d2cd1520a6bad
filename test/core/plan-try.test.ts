import { test } from 'vitest';
import { CatalogManager } from '/work/main/core/catalog/catalog-manager.js';
import { parseStatement } from '/work/main/core/sql/parse.js';
import { bindStatement } from '/work/main/core/sql/bind/bind.js';
import { ColumnIds } from '/work/main/core/plan/column-ids.js';
import { optimize } from '/work/main/core/plan/optimizer.js';
import { planStages } from '/work/main/core/graph/plan-stages.js';
import { STANDARD_CONNECTORS } from '/work/main/core/graph/plan-options.js';
import { renderStageQuery } from '/work/main/core/render/relation.js';
import { explainQueries } from '/work/main/core/graph/explain.js';
import { types } from '/work/main/core/types/types.js';
const catalog = new CatalogManager();
const path = { catalog: 'default_catalog', database: 'default_database', name: 't' };
catalog.createRelation({ kind: 'table', path, columns: [['a', types.bigint()], ['b', types.string()], ['c', types.int()]].map(([name, type]: any) => ({ kind: 'physical', name, type, comment: null })), watermark: null, primaryKey: null, partitionedBy: [], comment: null, options: { connector: 'filesystem', path: 'x', format: 'parquet' } }, { temporary: true, ifNotExists: false });
const decl = (name: string, kind: string, params: any[], result: string) => ({ name, kind, batch: null, parameters: params.map(([n, t]) => ({ name: n, type: t, nullable: true, hasDefault: false, variadic: false })), result, accumulator: null, deterministic: true, options: {}, target: 'm.' + name, file: null, line: null, doc: null });
const decls: any = { f: decl('f', 'scalar', [['x', 'BIGINT'], ['y', 'STRING']], 'BIGINT'), g: decl('g', 'scalar', [['x', 'BIGINT']], 'BIGINT'), p: decl('p', 'scalar', [['x', 'BIGINT']], 'BOOLEAN'), s: decl('s', 'table', [['x', 'STRING']], 'ROW<w STRING, n INT>'), agg: decl('agg', 'aggregate', [['x', 'BIGINT']], 'DOUBLE') };
for (const n of Object.keys(decls)) catalog.createFunction([n], { target: 'm.' + n, language: 'PYTHON' }, { scope: 'temporary', ifNotExists: false });
export function plan(sql: string) {
  const ids = new ColumnIds();
  const functions = { declaration: (n: string) => decls[n.toLowerCase()] ?? null };
  const queries = bindStatement({ catalog, functions, ids, sql }, parseStatement(sql) as any).map((q) => ({ ...q, root: optimize(q.root, ids) }));
  return explainQueries(queries, planStages(queries, { mode: 'batch', parallelism: 2, functions, connectors: STANDARD_CONNECTORS, ids, sql, renderer: { query: renderStageQuery, copy: () => ({ format: 'parquet', copyOptions: '' }) } }));
}
test('try', () => {
  for (const sql of (process.env['SQL'] ?? 'SELECT f(a, b) FROM t WHERE a > 1').split(';')) {
    console.log('=====', sql);
    try { const g = plan(sql); console.log(g); } catch (e: any) { console.log(e.message, e.hint, JSON.stringify(e.details?.line), e.details?.column, e.code ? '' : e.stack); }
  }
});
