/** Python stages: which groups are shipped, which go on beside the results, which steps are run. */

import { InternalError } from '../../errors.js';
import type { FunctionResolver } from '../../plan/function-resolver.js';
import { mostRows } from '../../plan/most-rows.js';
import { wireLiteral } from '../../plan/wire-literal.js';
import { typeToText } from '../../types/type-text.js';
import type { PlannedArgument, PlannedPartial, PlannedStep, PythonBoundary } from '../boundary.js';
import type { CallArgument, CallStep } from '../stage-graph.js';
import { type Demand, withWanter } from './demand.js';
import { describeSteps } from './describe-steps.js';
import type { Produced } from './graph-builder.js';
import { besideKept, groupsWith } from './kept-groups.js';
import type { StageAssembler } from './stage-assembler.js';
import { stageWorkers } from './stage-workers.js';

/** Adds the stage and everything below it; steps whose results nobody wants are left out. */
export function addPythonStage(
  assembler: StageAssembler,
  boundary: PythonBoundary,
  wanted: Demand,
  ordered: boolean,
): Produced {
  const { graph, options } = assembler;
  const partials = wantedPartials(boundary, wanted);
  const demand = partials.length === 0 ? wanted : sourcesOf(partials);
  const steps = wantedSteps(boundary, demand);
  const resultIds = new Set(boundary.steps.flatMap((step) => step.results.map((column) => column.id)));
  const others = [...demand.keys()].filter((id) => !resultIds.has(id));
  const [kept, passed] = boundary.mode === 'window' ? [[], others] : [others, []];
  const shipped = [...shippedIds(boundary, steps, kept), ...passed];
  const below = new Map(kept.map((id) => [id, demand.get(id)!]));
  withWanter(below, shipped, boundary.key);
  const { keys } = boundary;
  const input = assembler.produce(boundary.input, {
    demand: below,
    ordered: boundary.mode !== 'partial' && (ordered || keys !== null),
    keys: boundary.mode === 'partial' ? null : keys,
  });

  const shippedGroups = groupsWith(input, shipped);
  const keptGroups = groupsWith(input, kept);
  const shippedColumns = shippedGroups.flatMap((group) => input.exchange.groups[group]!);
  const shippedPosition = (id: string): number => {
    const position = shippedColumns.indexOf(input.positions.get(id) ?? -1);
    if (position < 0)
      throw new InternalError('INTERNAL', `Column ${id} does not reach stage ${boundary.key}.`);
    return position;
  };
  const results = resultSteps(boundary, steps, demand);
  const fields =
    boundary.mode === 'table'
      ? resultFields(steps.at(-1)!, demand, kept.length > 0 || partials.length > 0)
      : null;
  const passedColumns = passed.map((id) => boundary.columns.find((column) => column.id === id)!);
  const resultsOf = (step: number) => steps[step]!.results;
  const resultColumns = [
    ...passedColumns,
    ...(fields === null ? results.flatMap(resultsOf) : fields.map((field) => resultsOf(results[0]!)[field]!)),
  ];
  const stageId = graph.stageId('python');
  graph.addStage(
    {
      id: stageId,
      kind: 'python',
      inputs: [input.exchange.id],
      output: graph.nextExchangeId(),
      description: describeSteps(boundary.mode, steps),
      mode: boundary.mode,
      shippedGroups,
      keptGroups,
      steps: steps.map((step) => callStep(step, shippedPosition)),
      resultSteps: results,
      resultFields: fields,
      rowSelection: boundary.mode !== 'table' || keptGroups.length > 0,
      partialAggregates: partials.map(({ function: name, source }) => ({
        function: name,
        column: source === null ? null : resultColumns.findIndex(({ id }) => id === source),
      })),
      outer: boundary.outer,
      keyColumns: (keys ?? []).map(shippedPosition),
      tagColumn: boundary.tag === null ? null : shippedPosition(boundary.tag),
      passedColumns: passed.map(shippedPosition),
      stream: null,
      ...stageWorkers(steps, isOneGroup(boundary), options),
      anyOrder: !ordered && steps.every((step) => permitsAnyOrder(step.function, options.functions)),
      source: null,
      notFused: null,
    },
    [input.exchange],
  );
  const outputs = partials.length === 0 ? resultColumns : partials.map(({ result }) => result);
  return besideKept(assembler, stageId, input, keptGroups, kept, outputs);
}

/** One at least, where the stage answers with such. */
function wantedPartials({ partials = [] }: PythonBoundary, demand: Demand): readonly PlannedPartial[] {
  const wanted = partials.filter(({ result }) => demand.has(result.id));
  return wanted.length === 0 ? partials.slice(0, 1) : wanted;
}

/** The results that aggregates read, whatever else reads them. */
function sourcesOf(partials: readonly PlannedPartial[]): Demand {
  return new Map(partials.flatMap(({ source }) => (source === null ? [] : [[source, 'partial'] as const])));
}

/** Rows that are one group have one worker, and so has a single row. */
function isOneGroup({ input, mode, keys }: PythonBoundary): boolean {
  return (mode !== 'partial' && keys !== null && keys.length === 0) || mostRows(input) === 1;
}

function permitsAnyOrder(name: string, functions: FunctionResolver): boolean {
  return functions.declaration(name)?.options['ordered'] === false;
}

/** The steps with wanted results and those they need, renumbered. */
function wantedSteps(boundary: PythonBoundary, demand: Demand): PlannedStep[] {
  const { steps, mode } = boundary;
  const wanted = steps.map((step) => step.results.some((column) => demand.has(column.id)));
  if (mode === 'filter' || mode === 'table' || mode === 'map' || !wanted.some(Boolean))
    wanted[steps.length - 1] = true;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (!wanted[i]) continue;
    for (const argument of steps[i]!.arguments) if (argument.kind === 'step') wanted[argument.step] = true;
  }
  const place = new Map<number, number>();
  steps.forEach((_, i) => {
    if (wanted[i]) place.set(i, place.size);
  });
  const renumber = (argument: PlannedArgument): PlannedArgument =>
    argument.kind === 'step' ? { kind: 'step', step: place.get(argument.step)! } : argument;
  return steps
    .filter((_, i) => wanted[i])
    .map((step) => ({ ...step, arguments: step.arguments.map(renumber) }));
}

/**
 * Columns that the steps read. A stage that reads none is sent one all the same: it carries the number of
 * rows.
 */
function shippedIds(
  boundary: PythonBoundary,
  steps: readonly PlannedStep[],
  kept: readonly string[],
): string[] {
  const ids = steps.flatMap((step) => [
    ...step.arguments.flatMap(columnsOf),
    ...[step.guard, step.filter, step.frame?.start ?? null, step.frame?.end ?? null].filter(
      (id) => id !== null,
    ),
  ]);
  const all = [...(boundary.keys ?? []), ...(boundary.tag === null ? [] : [boundary.tag]), ...ids];
  return all.length > 0 ? all : [kept[0] ?? boundary.input.columns[0]!.id];
}

function columnsOf(argument: PlannedArgument): readonly string[] {
  if (argument.kind === 'table') return argument.ids;
  return argument.kind === 'column' ? [argument.id] : [];
}

/** `table`, `map`: the function alone; otherwise every step whose result is wanted. */
function resultSteps(boundary: PythonBoundary, steps: readonly PlannedStep[], demand: Demand): number[] {
  if (boundary.mode === 'table' || boundary.mode === 'map') return [steps.length - 1];
  return steps.flatMap((step, i) => (step.results.some((column) => demand.has(column.id)) ? [i] : []));
}

/** The columns of a table function that are wanted; one at least carries the number of rows, unless others do. */
function resultFields(call: PlannedStep, demand: Demand, othersDo: boolean): number[] {
  const wanted = call.results.flatMap(({ id }, field) => (demand.has(id) ? [field] : []));
  return wanted.length === 0 && !othersDo ? [0] : wanted;
}

function callStep(step: PlannedStep, positionOf: (id: string) => number): CallStep {
  const place = (id: string | null) => (id === null ? null : positionOf(id));
  return {
    function: step.function,
    arguments: step.arguments.map((argument) => callArgument(argument, positionOf)),
    argumentNames: step.argumentNames,
    guard: place(step.guard),
    resultType: typeToText(step.resultType),
    distinct: step.distinct,
    filter: place(step.filter),
    frame: step.frame === null ? null : { start: place(step.frame.start), end: place(step.frame.end) },
  };
}

function callArgument(argument: PlannedArgument, positionOf: (id: string) => number): CallArgument {
  switch (argument.kind) {
    case 'column':
      return { kind: 'column', column: positionOf(argument.id) };
    case 'step':
      return argument;
    case 'table':
      return {
        kind: 'table',
        member: argument.member,
        columns: argument.ids.map(positionOf),
        names: argument.names,
      };
    case 'literal':
      return {
        kind: 'literal',
        value: wireLiteral(argument.type, argument.value),
        type: typeToText(argument.type),
      };
  }
}
