/** Projections and conditions of a stream that the core computes itself: no worker, no round trip. */
import { compile } from '../../evaluate/evaluate.js';
import type { Expression } from '../../plan/expression.js';
import { referencedColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { CalcStep } from '../../plan/stream-operator.js';
import { isLeaf, type Leaf } from '../boundary.js';
import type { Demand } from './demand.js';
import type { Produced } from './graph-builder.js';
import type { StageAssembler } from './stage-assembler.js';

/** A fragment as steps over the rows of one leaf. */
export interface Calculation {
  readonly leaf: Leaf;
  readonly steps: readonly CalcStep[];
  /** What each column of the fragment is, over the leaf's columns and those of the steps. */
  readonly results: readonly { readonly id: string; readonly expression: Expression }[];
}

/** Null where the fragment is no chain over one leaf, or has expressions that only DuckDB knows. */
export function calculationOf(fragment: LogicalPlan): Calculation | null {
  const found = chainOf(fragment);
  if (found === null) return null;
  const known = new Set([
    ...found.leaf.columns.map((column) => column.id),
    ...found.steps.flatMap((step) => (step.kind === 'filter' ? [] : [step.id])),
  ]);
  const places = (id: string) => (known.has(id) ? 0 : undefined);
  const expressions = [
    ...found.steps.map((step) =>
      step.kind === 'filter' ? step.predicate : step.kind === 'compute' ? step.expression : step.collection,
    ),
    ...found.results.map((result) => result.expression),
  ];
  return expressions.every((expression) => compile(expression, places) !== null) ? found : null;
}

function chainOf(plan: LogicalPlan): Calculation | null {
  const asColumns = (columns: LogicalPlan['columns']) =>
    columns.map(({ id, type }) => ({
      id,
      expression: { kind: 'column', id, type, span: null } satisfies Expression,
    }));
  switch (plan.kind) {
    case 'scan':
      return isLeaf(plan) ? { leaf: plan, steps: [], results: asColumns(plan.columns) } : null;
    case 'filter': {
      const below = chainOf(plan.input);
      if (below === null) return null;
      const steps: CalcStep[] = [...computed(below), { kind: 'filter', predicate: plan.predicate }];
      return { ...below, steps, results: asColumns(plan.columns) };
    }
    case 'project': {
      const below = chainOf(plan.input);
      if (below === null) return null;
      const results = plan.columns.map(({ id }, i) => ({ id, expression: plan.expressions[i]! }));
      return { ...below, steps: computed(below), results };
    }
    case 'unnest': {
      const below = chainOf(plan.input);
      const own = plan.columns.slice(plan.input.columns.length);
      if (below === null || plan.outer || plan.withOrdinality || !givesElements(plan)) return null;
      const { id } = own[0]!;
      const steps: CalcStep[] = [...computed(below), { kind: 'unnest', id, collection: plan.collection }];
      return { ...below, steps, results: asColumns(plan.columns) };
    }
    default:
      return null;
  }
}

/** True where the rows are the elements as they are: not the fields of a ROW, nor what a MULTISET counts. */
function givesElements({ collection }: Extract<LogicalPlan, { kind: 'unnest' }>): boolean {
  return collection.type.kind === 'ARRAY' && collection.type.element.kind !== 'ROW';
}

/** The steps, with the results as columns for what follows. A column that only has another name is left out. */
function computed({ steps, results }: Calculation): CalcStep[] {
  const made = results.filter(({ id, expression }) => expression.kind !== 'column' || expression.id !== id);
  return [...steps, ...made.map(({ id, expression }): CalcStep => ({ kind: 'compute', id, expression }))];
}

/** Adds the stage; `produceLeaf` brings the columns that it reads. */
export function addCalcStage(
  assembler: StageAssembler,
  fragment: LogicalPlan,
  { leaf, steps, results }: Calculation,
  demand: Demand,
  produceLeaf: (demand: Demand) => Produced,
): Produced {
  const { graph } = assembler;
  const wanted = results.filter(({ id }) => demand.has(id));
  const kept = wanted.length > 0 ? wanted : results.slice(0, 1);
  const read = new Set<string>();
  for (const { expression } of kept) referencedColumns(expression, read);
  for (const step of steps) {
    if (step.kind === 'filter') referencedColumns(step.predicate, read);
    else referencedColumns(step.kind === 'compute' ? step.expression : step.collection, read);
  }
  const sources = leaf.columns.filter((column) => read.has(column.id));
  const input = produceLeaf(new Map(sources.map((column) => [column.name, 'calc'])));
  const id = graph.stageId('stream');
  graph.addStage(
    {
      id,
      kind: 'stream',
      inputs: [input.exchange.id],
      output: graph.nextExchangeId(),
      description: 'calc',
      operator: {
        kind: 'calc',
        columns: sources.map((column) => ({ id: column.id, column: input.positions.get(column.name)! })),
        steps,
        results: kept.map(({ expression }) => expression),
        inputs: [{ change: null, clock: null }],
        outputs: kept.map((_, result) => ({ kind: 'result', result })),
      },
      keptGroups: [],
    },
    [input.exchange],
  );
  const types = new Map(fragment.columns.map((column) => [column.id, column.type]));
  const columns = kept.map((result, i) => ({ name: `c${i}`, type: types.get(result.id)! }));
  return {
    exchange: graph.addExchange(id, [columns], null),
    positions: new Map(kept.map((result, i) => [result.id, i])),
  };
}
