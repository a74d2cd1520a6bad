/** A small world to plan in: a few tables and Python functions, and the steps from SQL text to stages. */
import { CatalogManager } from '../../../core/catalog/catalog-manager.js';
import type { FunctionDeclaration } from '../../../core/functions/function-declaration.js';
import { joinLaterals } from '../../../core/graph/decorrelate/lateral-joins.js';
import { explainGraph } from '../../../core/graph/explain-graph.js';
import { optimizeTogether } from '../../../core/graph/optimize-together.js';
import {
  type PlanOptions,
  STANDARD_CONNECTORS,
  type StageRenderer,
} from '../../../core/graph/plan-options.js';
import { planStages } from '../../../core/graph/plan-stages.js';
import type { Stage, StageGraph } from '../../../core/graph/stage-graph.js';
import { batchPlan } from '../../../core/plan/batch-plan.js';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import { explainPlan } from '../../../core/plan/explain-plan.js';
import type { QueryPlan } from '../../../core/plan/logical-plan.js';
import { bindStatement } from '../../../core/sql/bind/bind.js';
import { parseExpression, parseStatement } from '../../../core/sql/parse.js';
import { parseTypeText } from '../../../core/types/type-text.js';

const PARAMETERS = { nullable: true, hasDefault: false, variadic: false, table: null, keywordOnly: false };

function declare(
  name: string,
  parameters: Readonly<Record<string, string | null>>,
  result: string,
  rest: Partial<FunctionDeclaration> = {},
): FunctionDeclaration {
  return {
    name,
    kind: 'scalar',
    batch: null,
    parameters: Object.entries(parameters).map(([key, type]) => ({ name: key, type, ...PARAMETERS })),
    result,
    accumulator: null,
    deterministic: true,
    isAsync: false,
    iterator: false,
    mergeable: false,
    retractable: false,
    stateful: false,
    sideOutputs: [],
    analyzes: false,
    options: {},
    target: `functions.${name}`,
    file: null,
    line: null,
    doc: null,
    ...rest,
  };
}

const scale = declare('scale', { x: 'BIGINT', factor: 'BIGINT' }, 'BIGINT');

/** The functions that tests call. */
export const FUNCTIONS: readonly FunctionDeclaration[] = [
  declare('inc', { x: 'BIGINT' }, 'BIGINT'),
  declare('near', { x: 'BIGINT', y: 'BIGINT' }, 'BOOLEAN'),
  declare('is_good', { x: 'BIGINT' }, 'BOOLEAN'),
  declare('shout', { s: 'STRING' }, 'STRING'),
  { ...scale, parameters: [scale.parameters[0]!, { ...scale.parameters[1]!, hasDefault: true }] },
  declare('big', { x: 'BIGINT' }, 'BIGINT', { options: { memory: '1 GB' } }),
  declare('dice', { x: 'BIGINT' }, 'BIGINT', { deterministic: false }),
  declare('anything', { x: null }, 'STRING'),
  declare('now_is', {}, 'BIGINT'),
  declare('words', { s: 'STRING' }, 'ROW<word STRING, length INT>', { kind: 'table' }),
  declare('spread', { x: 'BIGINT' }, 'DOUBLE', { kind: 'aggregate' }),
  declare('total', { x: 'BIGINT' }, 'BIGINT', { kind: 'aggregate' }),
];

const FILES = { connector: 'filesystem', path: 'data', format: 'parquet' };

/** A catalog with the tables t, u (files), made (computed columns), ticks (unbounded), results (files), screen (print). */
export function testCatalog(): CatalogManager {
  const catalog = new CatalogManager();
  addTable(catalog, 't', { a: 'BIGINT', b: 'STRING', c: 'INT' });
  addTable(catalog, 'u', { a: 'BIGINT', d: 'BIGINT NOT NULL', tags: 'ARRAY<STRING>' });
  addTable(catalog, 'made', { id: 'BIGINT', w: '= inc(id) * 2', s: 'STRING' });
  addTable(catalog, 'ticks', { n: 'BIGINT', s: 'STRING' }, { connector: 'datagen' });
  addTable(catalog, 'results', { x: 'BIGINT', y: 'STRING' });
  addTable(catalog, 'screen', { x: 'BIGINT' }, { connector: 'print' });
  for (const { name, target } of FUNCTIONS) {
    catalog.createFunction(
      [name],
      { target, language: 'PYTHON' },
      { scope: 'temporary', ifNotExists: false },
    );
  }
  return catalog;
}

function watermarkOf(column: string) {
  return { column, expression: parseExpression(column), text: column };
}

/** Adds a table; a type text that begins with `=` makes a computed column. */
export function addTable(
  catalog: CatalogManager,
  name: string,
  columns: Readonly<Record<string, string>>,
  options: Readonly<Record<string, string>> = FILES,
  rowtime: string | null = null,
  primaryKey: readonly string[] | null = null,
): void {
  catalog.createRelation(
    {
      kind: 'table',
      path: catalog.qualify([name]),
      columns: Object.entries(columns).map(([column, text]) => {
        const common = { name: column, comment: null };
        if (!text.startsWith('=')) return { ...common, kind: 'physical', type: parseTypeText(text) };
        return {
          ...common,
          kind: 'computed',
          expression: parseExpression(text.slice(1)),
          text: text.slice(1),
        };
      }),
      watermark: rowtime === null ? null : watermarkOf(rowtime),
      primaryKey,
      partitionedBy: [],
      comment: null,
      options,
    },
    { temporary: false, ifNotExists: false },
  );
}

const functions = {
  declaration: (name: string) => FUNCTIONS.find((f) => f.name === name.toLowerCase()) ?? null,
};

/** Binds a statement that runs a query. */
export function bind(
  sql: string,
  catalog = testCatalog(),
  ids = new ColumnIds(),
  streaming = false,
): QueryPlan[] {
  const statement = parseStatement(sql);
  if (
    statement.kind !== 'query_statement' &&
    statement.kind !== 'insert' &&
    statement.kind !== 'statement_set'
  ) {
    throw new Error(`${statement.kind} runs no query`);
  }
  return bindStatement({ catalog, functions, ids, sql, streaming }, statement);
}

/** The bound plan as text. */
export function boundText(sql: string, catalog = testCatalog()): string {
  return `\n${bind(sql, catalog)
    .map((query) => explainPlan(query.root))
    .join('\n')}\n`;
}

/** Shows a fragment by its plan, so that tests of splitting do not depend on the text of SQL. */
const PLAN_TEXT: StageRenderer = {
  query: (plan, outputs) => {
    const columns = outputs.map(({ id, name }) => `${name} = ${id}`).join(', ');
    return `${columns}\n${explainPlan(plan).replaceAll(/^/gm, '             ')}`;
  },
  copy: () => ({ format: 'parquet', copyOptions: 'FORMAT parquet', emptyForNull: null }),
};

/** The stages of a statement. */
export function stagesOf(
  sql: string,
  mode: StageGraph['mode'] = 'batch',
  catalog = testCatalog(),
  { connectors = STANDARD_CONNECTORS, sharing = 'all' }: Partial<PlanOptions> = {},
): StageGraph {
  const ids = new ColumnIds();
  const bound = bind(sql, catalog, ids);
  const plans = bound.map(({ root }) => {
    const joined = joinLaterals(root, { ids, sql });
    return mode === 'batch' ? batchPlan(joined, ids) : joined;
  });
  const roots = optimizeTogether(plans, { mode, ids, connectors, sharing });
  const queries = bound.map((query, i) => ({ ...query, root: roots[i]! }));
  return planStages(queries, {
    mode,
    isBounded: mode === 'batch',
    parallelism: 2,
    functions,
    aggregatePhases: 'auto',
    connectors,
    sharing,
    renderer: PLAN_TEXT,
    ids,
    sql,
  });
}

/** The stages as EXPLAIN prints them. */
export function stagesText(sql: string, mode: StageGraph['mode'] = 'batch'): string {
  return `\n${explainGraph(stagesOf(sql, mode))}\n`;
}

/** A line for each stage: what it is of, and the stages that it reads. */
export function shapeOf(graph: StageGraph): string[] {
  const producers = new Map(graph.exchanges.map(({ id, producer, mode }) => [id, `${producer} (${mode})`]));
  const columns = (stage: Stage) => (stage.kind === 'source' ? ` [${stage.columns.length} columns]` : '');
  return graph.stages.map((stage) => {
    const inputs = stage.inputs.map((input) => producers.get(input)!.replace(' (stream)', ''));
    return [`${stage.id} ${stage.description}${columns(stage)}`, ...inputs].join(' < ');
  });
}
