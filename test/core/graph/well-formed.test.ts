import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { optimizeTogether } from '../../../core/graph/optimize-together.js';
import { STANDARD_CONNECTORS } from '../../../core/graph/plan-options.js';
import { planStages } from '../../../core/graph/plan-stages.js';
import type { CallStep, StageGraph } from '../../../core/graph/stage-graph.js';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import { createStageRenderer } from '../../../core/render/stage-renderer.js';
import { addTable, bind, FUNCTIONS, testCatalog } from './planning.js';

/** BIGINT expressions over t, with and without Python. */
const { number } = fc.letrec<{ number: string; condition: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'c', '1', 'RAND() * 0'),
    tie('number').map((x) => `inc(CAST(${x} AS BIGINT))`),
    tie('number').map((x) => `big(CAST(${x} AS BIGINT))`),
    tie('number').map((x) => `dice(CAST(${x} AS BIGINT))`),
    fc.tuple(tie('number'), tie('number')).map(([x, y]) => `(${x} + ${y})`),
    fc.tuple(tie('number'), tie('number')).map(([x, y]) => `COALESCE(${x}, ${y})`),
    fc
      .tuple(tie('condition'), tie('number'), tie('number'))
      .map(([when, then, otherwise]) => `CASE WHEN ${when} THEN ${then} ELSE ${otherwise} END`),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.constant('a > 1'),
    tie('number').map((x) => `is_good(CAST(${x} AS BIGINT))`),
    fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `(${x} AND ${y})`),
    fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `(${x} OR NOT ${y})`),
  ),
}));

const query = fc.oneof(
  fc.tuple(number, number, number).map(([x, y, z]) => `SELECT ${x} AS x, b, ${y} AS y FROM t WHERE ${z} > 1`),
  fc
    .tuple(number, number)
    .map(([x, y]) => `SELECT b, total(CAST(${x} AS BIGINT)), SUM(${y}) FROM t GROUP BY b`),
  fc.tuple(number, number).map(([x, y]) => `SELECT ${x} FROM t ORDER BY ${y} LIMIT 3`),
  fc
    .tuple(number, number)
    .map(
      ([x, y]) =>
        `SELECT l.x FROM (SELECT ${x} AS x FROM t) l LEFT JOIN (SELECT ${y} AS y FROM t) r ON l.x = r.y`,
    ),
  number.map((x) => `WITH q AS (SELECT ${x} AS x FROM t) SELECT l.x FROM q l JOIN q r ON l.x = r.x`),
);

test('every plan is a well-formed graph whose SQL calls no Python (seed 7)', () => {
  fc.assert(
    fc.property(query, (sql) => {
      const graph = plan(sql);
      expect(problemsOf(graph)).toEqual([]);
    }),
    { seed: 7, numRuns: 150 },
  );
});

const SHAPES: readonly ((x: string, from: string) => string)[] = [
  (x, from) => `SELECT CAST(${x} AS BIGINT) FROM ${from}`,
  (x, from) => `SELECT MAX(CAST(${x} AS BIGINT)) FROM ${from} GROUP BY c`,
  (x, from) => `SELECT CAST(${x} AS BIGINT) FROM ${from} WHERE a IN (SELECT c FROM ${from})`,
  (x, from) => `SELECT l.a FROM ${from} AS l JOIN (SELECT ${x} AS y FROM ${from}) AS r ON l.a = r.y`,
];
const FROM = [
  't',
  'made_up',
  '(SELECT a + 1 AS a, c FROM made_up)',
  '(SELECT a, MIN(c) AS c FROM made_up GROUP BY a)',
];
const insert = fc
  .tuple(fc.constantFrom(...SHAPES), number, fc.constantFrom(...FROM))
  .map(([shape, x, from]) => `INSERT INTO screen ${shape(x, from)};`);

test.each(['batch', 'streaming'] as const)(
  'so is every statement set whose inserts have parts in common, in %s (seed 7)',
  (mode) => {
    fc.assert(
      fc.property(insert, insert, (one, other) => {
        const graph = plan(`EXECUTE STATEMENT SET BEGIN ${one} ${other} ${one} END`, mode);
        expect(problemsOf(graph)).toEqual([]);
        expect(sourcesOf(graph)).toBeLessThanOrEqual(1);
      }),
      { seed: 7, numRuns: 50 },
    );
  },
);

const sourcesOf = (graph: StageGraph) => graph.stages.filter(({ kind }) => kind === 'source').length;

function plan(sql: string, mode: StageGraph['mode'] = 'batch'): StageGraph {
  const ids = new ColumnIds();
  const functions = { declaration: (name: string) => FUNCTIONS.find((f) => f.name === name) ?? null };
  const catalog = testCatalog();
  addTable(catalog, 'made_up', { a: 'BIGINT', c: 'BIGINT' }, { connector: 'datagen', 'number-of-rows': '5' });
  const bound = bind(sql, catalog, ids);
  const sharing = { mode, ids, connectors: STANDARD_CONNECTORS };
  const roots = optimizeTogether(
    bound.map(({ root }) => root),
    sharing,
  );
  const queries = bound.map((query, i) => ({ ...query, root: roots[i]! }));
  const renderer = createStageRenderer();
  return planStages(queries, {
    mode,
    isBounded: mode === 'batch',
    parallelism: 2,
    functions,
    aggregatePhases: 'auto',
    connectors: STANDARD_CONNECTORS,
    renderer,
    ids,
    sql,
  });
}

/** What is wrong with a graph, in words. */
function problemsOf(graph: StageGraph): string[] {
  const problems: string[] = [];
  const exchanges = new Map(graph.exchanges.map((exchange) => [exchange.id, exchange]));
  const made = new Set<string>();
  for (const stage of graph.stages) {
    for (const input of stage.inputs)
      if (!made.has(input)) problems.push(`${stage.id} reads ${input} before it is made`);
    if (stage.output !== null) made.add(stage.output);
    if (stage.kind !== 'python') continue;
    const input = exchanges.get(stage.inputs[0]!)!;
    const shipped = stage.shippedGroups.flatMap((group) => input.groups[group]!).length;
    stage.steps.forEach((step, i) => {
      if (!isSound(step, i, shipped)) problems.push(`${stage.id} step ${i} refers to what is not there`);
    });
    const results = (stage.resultFields ?? stage.resultSteps).length;
    const kept = stage.keptGroups.flatMap((group) => input.groups[group]!).length;
    if (exchanges.get(stage.output!)!.columns.length !== kept + results) problems.push(`${stage.id} columns`);
  }
  for (const { id, columns, groups, consumers, mode } of graph.exchanges) {
    const positions = groups.flat();
    if (positions.join() !== columns.map((_, i) => i).join()) problems.push(`${id} groups`);
    if (new Set(columns.map((column) => column.name)).size !== columns.length) problems.push(`${id} names`);
    if (consumers.length === 0 || (consumers.length > 1 && graph.mode === 'batch') !== (mode === 'spill'))
      problems.push(`${id} consumers`);
  }
  return problems;
}

function isSound(step: CallStep, index: number, shipped: number): boolean {
  const isColumn = (column: number | null) => column === null || (column >= 0 && column < shipped);
  const args = step.arguments.every((argument) =>
    argument.kind === 'column'
      ? isColumn(argument.column)
      : argument.kind !== 'step' || argument.step < index,
  );
  return args && isColumn(step.guard) && isColumn(step.filter);
}
