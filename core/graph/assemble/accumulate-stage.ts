/** Python aggregates over a stream: an operator of the core that ships its rows and accumulators to workers. */
import { InternalError } from '../../errors.js';
import type { StreamOperator, StreamPythonCall } from '../../plan/stream-operator.js';
import { wireLiteral } from '../../plan/wire-literal.js';
import type { Column } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { types } from '../../types/types.js';
import type { StreamBoundary } from '../boundary.js';
import { functionNotes } from '../function-notes.js';
import type { PythonStream } from '../python-stream.js';
import { resourceGroupOf, workerGroupOf } from '../resource-group.js';
import type { CallArgument, CallStep } from '../stage-graph.js';
import { columnsRead, placeOperator, withoutIdleClocks } from '../stream/place-operator.js';
import type { Demand } from './demand.js';
import type { Produced } from './graph-builder.js';
import type { StageAssembler } from './stage-assembler.js';
import { demandsOf, workersOf } from './stage-workers.js';

type Accumulate = Extract<StreamOperator<number>, { kind: 'accumulate' }>;

/** Adds the stage and everything below it. */
export function addAccumulateStage(
  assembler: StageAssembler,
  boundary: StreamBoundary,
  demand: Demand,
): Produced {
  const { graph, options } = assembler;
  const wanted = boundary.columns.flatMap((column, i) => (demand.has(column.id) ? [i] : []));
  const kept = wanted.length > 0 ? wanted : [0];
  const planned = withoutIdleClocks(boundary.operator, kept);
  const needs = new Map([...columnsRead(planned, 0)].map((id) => [id, boundary.key]));
  const input = assembler.produce(boundary.inputs[0]!, { demand: needs, ordered: true, keys: null });
  const operator = placeOperator(planned, kept, (column) => input.positions.get(column)!);
  if (operator.kind !== 'accumulate')
    throw new InternalError('INTERNAL', `${operator.kind} calls no function.`);
  const { stream, steps } = shipping(operator, input.exchange.columns);
  const name = steps[0]!.function;
  const id = graph.stageId('python');
  graph.addStage(
    {
      id,
      kind: 'python',
      inputs: [input.exchange.id],
      output: graph.nextExchangeId(),
      description: `accumulate ${steps.map((step) => step.function).join(', ')}`,
      mode: 'accumulate',
      shippedGroups: [0],
      keptGroups: [],
      steps,
      resultSteps: steps.map((_, i) => i),
      resultFields: null,
      rowSelection: true,
      outer: false,
      keyColumns: [],
      tagColumn: null,
      passedColumns: [],
      stream,
      resourceGroup: resourceGroupOf(name, options.functions),
      workerGroup: workerGroupOf(name, options.functions),
      declared: demandsOf(steps, options.functions),
      ...workersOf(steps, operator.keys.length === 0, options),
      isElastic: false,
      anyOrder: false,
      source: null,
      notFused: null,
      notes: functionNotes(steps, options.functions),
    },
    [input.exchange],
  );
  const outputs = kept.map((position, i) => ({ name: `c${i}`, type: boundary.columns[position]!.type }));
  return {
    exchange: graph.addExchange(id, [outputs], null),
    positions: new Map(kept.map((position, i) => [boundary.columns[position]!.id, i])),
  };
}

function shipping(
  operator: Accumulate,
  input: readonly Column[],
): { readonly stream: PythonStream; readonly steps: readonly CallStep[] } {
  const shipped: Column[] = [];
  const ship = (type: Column['type']) => shipped.push({ name: `c${shipped.length}`, type }) - 1;
  const group = ship(types.notNull(types.int()));
  const retracts = operator.inputs[0]!.change === null ? null : ship(types.notNull(types.boolean()));
  const continues = ship(types.notNull(types.boolean()));
  const accumulators = operator.python.map(() => ship(types.bytes()));
  const counted = operator.python.map((call) =>
    call.distinct || call.filter !== null ? ship(types.notNull(types.boolean())) : null,
  );
  const places = new Map<number, number>();
  const placeOf = (column: number): number => {
    const place = places.get(column) ?? ship(input[column]!.type);
    places.set(column, place);
    return place;
  };
  const steps = operator.python.map((call, i) => callStep(call, counted[i]!, placeOf));
  const copied = [...places].map(([from, to]) => ({ from, to }));
  return {
    stream: { operator, shipped, state: { group, retracts, continues, accumulators }, copied, counted },
    steps,
  };
}

/** The operator says which rows count, of DISTINCT too. */
function callStep(
  call: StreamPythonCall<number>,
  counted: number | null,
  placeOf: (column: number) => number,
): CallStep {
  const argument = (given: StreamPythonCall<number>['arguments'][number]): CallArgument =>
    given.kind === 'column'
      ? { kind: 'column', column: placeOf(given.column) }
      : { kind: 'literal', value: wireLiteral(given.type, given.value), type: typeToText(given.type) };
  return {
    function: call.function,
    arguments: call.arguments.map(argument),
    argumentNames: call.argumentNames,
    guard: null,
    resultType: typeToText(call.type),
    distinct: false,
    filter: counted,
    frame: null,
  };
}
