import { test } from 'vitest';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { CatalogManager } from '/work/main/core/catalog/catalog-manager.js';
import { parseScript } from '/work/main/core/sql/parse.js';
import { bindStatement } from '/work/main/core/sql/bind/bind.js';
import { ColumnIds } from '/work/main/core/plan/column-ids.js';
import { optimize } from '/work/main/core/plan/optimizer.js';
import { planStages } from '/work/main/core/graph/plan-stages.js';
import { STANDARD_CONNECTORS } from '/work/main/core/graph/plan-options.js';
import { createStageRenderer } from '/work/main/core/render/stage-renderer.js';
import { executeDdl } from '/work/main/operators/session/ddl.js';
import { explainQueries } from '/work/main/core/graph/explain.js';
test('conf', () => {
  const decls = JSON.parse(readFileSync('/tmp/a2/decls.json', 'utf8'));
  for (const suite of ['udf', 'streaming']) for (const name of readdirSync('/work/shared/conformance/' + suite)) {
    const d = `/work/shared/conformance/${suite}/${name}/`;
    if (process.env['ONLY'] && !name.includes(process.env['ONLY'])) continue;
    const sql = readFileSync(d + 'job.sql', 'utf8');
    try {
      const catalog = new CatalogManager();
      const own = Array.isArray(decls[d]) ? decls[d] : [];
      const functions = { declaration: (n: string) => own.find((x: any) => x.name.toLowerCase() === n.toLowerCase()) ?? null };
      for (const s of parseScript(sql) as any[]) {
        if (s.kind.startsWith('create') || s.kind === 'drop' || s.kind === 'use') { executeDdl(s, sql, catalog); continue; }
        if (s.kind !== 'query_statement' && s.kind !== 'insert') { continue; }
        const ids = new ColumnIds();
        const queries = bindStatement({ catalog, functions, ids, sql }, s).map((q) => ({ ...q, root: optimize(q.root, ids) }));
        const g = planStages(queries, { mode: 'batch', parallelism: 2, functions, connectors: STANDARD_CONNECTORS, ids, sql, renderer: createStageRenderer() });
        if (process.env['ONLY']) console.log(explainQueries(queries, g));
      }
      console.log('@@ ok', suite, name);
    } catch (e: any) { console.log('@@ FAIL', suite, name, e.code ?? e.stack, e.message, '|', e.hint, `${e.details?.line}:${e.details?.column}`); }
  }
});
