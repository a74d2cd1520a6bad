import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { STANDARD_CONNECTORS } from '../../../core/graph/plan-options.js';
import { planStages } from '../../../core/graph/plan-stages.js';
import type { CallStep, StageGraph } from '../../../core/graph/stage-graph.js';
import { ColumnIds } from '../../../core/plan/column-ids.js';
import { optimize } from '../../../core/plan/optimizer.js';
import { createStageRenderer } from '../../../core/render/stage-renderer.js';
import { bind, FUNCTIONS, testCatalog } from './planning.js';

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

function plan(sql: string): StageGraph {
  const ids = new ColumnIds();
  const functions = { declaration: (name: string) => FUNCTIONS.find((f) => f.name === name) ?? null };
  const queries = bind(sql, testCatalog(), ids).map((q) => ({ ...q, root: optimize(q.root, ids) }));
  const renderer = createStageRenderer();
  return planStages(queries, {
    mode: 'batch',
    isBounded: true,
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
    if (consumers.length === 0 || consumers.length > 1 !== (mode === 'spill'))
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
