/** Operators of the core that call Python: they stand in a Python stage, and ship to it what they remember. */
import { InternalError } from '../../errors.js';
import type { Column } from '../../types/data-type.js';
import type { StreamBoundary } from '../boundary.js';
import type { PythonStream } from '../python-stream.js';
import type { CallStep } from '../stage-graph.js';
import { columnsRead, placeOperator, withoutIdleClocks } from '../stream/place-operator.js';
import type { Demand } from './demand.js';
import type { Produced } from './graph-builder.js';
import { accumulateShipping, overShipping } from './ship-accumulators.js';
import { processShipping } from './ship-states.js';
import type { StageAssembler } from './stage-assembler.js';
import { stageWorkers } from './stage-workers.js';

/** What a stage ships, and the calls over that. */
export interface Shipment<S extends PythonStream = PythonStream> {
  readonly stream: S;
  readonly steps: readonly CallStep[];
}

/** Adds the stage and everything below it. */
export function addFunctionStage(
  assembler: StageAssembler,
  boundary: StreamBoundary,
  demand: Demand,
): Produced {
  const { graph, options } = assembler;
  const wanted = boundary.columns.flatMap((column, i) => (demand.has(column.id) ? [i] : []));
  const kept = wanted.length > 0 ? wanted : [0];
  const planned = withoutIdleClocks(boundary.operator, kept);
  const needs = new Map([...columnsRead(planned, 0)].map((id) => [id, boundary.key]));
  for (const position of kept) {
    const output = planned.outputs[position]!;
    if (output.kind === 'input') needs.set(output.column, boundary.key);
  }
  // A function without columns is shipped one all the same: it carries the number of rows.
  if (needs.size === 0) needs.set(boundary.inputs[0]!.columns[0]!.id, boundary.key);
  const input = assembler.produce(boundary.inputs[0]!, { demand: needs, ordered: true, keys: null });
  const operator = placeOperator(planned, kept, (column) => input.positions.get(column)!);
  const { stream, steps } = shipmentOf(operator, input.exchange.columns);
  const id = graph.stageId('python');
  graph.addStage(
    {
      id,
      kind: 'python',
      inputs: [input.exchange.id],
      output: graph.nextExchangeId(),
      description: `${stream.kind} ${steps.map((step) => step.function).join(', ')}`,
      // A frame is a group of which nobody keeps the accumulator.
      mode: stream.kind === 'over' ? 'accumulate' : stream.kind,
      shippedGroups: [0],
      keptGroups: [],
      steps,
      resultSteps: steps.map((_, i) => i),
      resultFields: null,
      rowSelection: true,
      partialAggregates: [],
      outer: false,
      keyColumns: stream.kind === 'process' ? stream.keys : [],
      tagColumn: null,
      passedColumns: [],
      stream,
      ...stageWorkers(steps, stream.operator.keys.length === 0, options),
      isElastic: false,
      anyOrder: false,
      source: null,
      notFused: null,
      origin: assembler.originOf(boundary.operator, planned, [input]),
    },
    [input.exchange],
  );
  const outputs = kept.map((position, i) => ({ name: `c${i}`, type: boundary.columns[position]!.type }));
  return {
    exchange: graph.addExchange(id, [outputs], null),
    positions: new Map(kept.map((position, i) => [boundary.columns[position]!.id, i])),
  };
}

function shipmentOf(operator: PlacedOperator, input: readonly Column[]): Shipment {
  if (operator.kind === 'accumulate_over') return overShipping(operator, input);
  if (operator.kind === 'accumulate') return accumulateShipping(operator, input);
  if (operator.kind === 'process') return processShipping(operator, input);
  throw new InternalError('INTERNAL', `${operator.kind} calls no function.`);
}

type PlacedOperator = ReturnType<typeof placeOperator<number>>;
