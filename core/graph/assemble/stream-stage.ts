/** Operators of the core: each input brings the columns that are read, one group of outputs leaves. */
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { StreamBoundary } from '../boundary.js';
import { columnsRead, placeOperator, withoutIdleClocks } from '../stream/place-operator.js';

import type { Demand } from './demand.js';
import { addFunctionStage } from './function-stage.js';
import type { Produced } from './graph-builder.js';
import { besideKept, groupsWith } from './kept-groups.js';
import type { StageAssembler } from './stage-assembler.js';

/** Adds the stage and everything below it. */
export function addStreamStage(
  assembler: StageAssembler,
  boundary: StreamBoundary,
  demand: Demand,
): Produced {
  switch (boundary.operator.kind) {
    case 'watermark':
      return addWatermark(assembler, boundary, demand);
    case 'accumulate':
    case 'accumulate_over':
    case 'process':
      return addFunctionStage(assembler, boundary, demand);
    default:
      return addOperator(assembler, boundary, demand);
  }
}

function addOperator(assembler: StageAssembler, boundary: StreamBoundary, demand: Demand): Produced {
  const { graph } = assembler;
  const { columns } = boundary;
  const wanted = columns.flatMap((column, i) => (demand.has(column.id) ? [i] : []));
  const kept = wanted.length > 0 ? wanted : [0];
  const operator = withoutIdleClocks(boundary.operator, kept);
  const inputs = boundary.inputs.map((input, i) => {
    const ids = columnsRead(operator, i);
    for (const position of kept) {
      const output = operator.outputs[position]!;
      if (output.kind === 'input' && output.input === i) ids.add(output.column);
    }
    const needs = new Map([...ids].map((id) => [id, boundary.key]));
    return assembler.produce(input, { demand: needs, ordered: true, keys: null, besideOthers: true });
  });
  const id = graph.stageId('stream');
  graph.addStage(
    {
      id,
      kind: 'stream',
      inputs: inputs.map((input) => input.exchange.id),
      output: graph.nextExchangeId(),
      description: operator.kind.replace('_', ' '),
      operator: placeOperator(operator, kept, (column, input) => inputs[input]!.positions.get(column)!),
      keptGroups: [],
      origin: assembler.originOf(boundary.operator, operator, inputs),
    },
    inputs.map((input) => input.exchange),
  );
  const outputs = kept.map((position, i) => ({ name: `c${i}`, type: columns[position]!.type }));
  return {
    exchange: graph.addExchange(id, [outputs], null),
    positions: new Map(kept.map((position, i) => [columns[position]!.id, i])),
  };
}

/** Rows go on as they came, with the watermark of each beside them. */
function addWatermark(assembler: StageAssembler, boundary: StreamBoundary, demand: Demand): Produced {
  const { graph } = assembler;
  const { operator, columns } = boundary;
  const passed = new Map<string, string>();
  const made: PlanColumn[] = [];
  columns.forEach((column, i) => {
    const wanter = demand.get(column.id);
    const output = operator.outputs[i]!;
    if (wanter === undefined) return;
    if (output.kind === 'input') passed.set(column.id, wanter);
    else made.push(column);
  });
  const below = new Map(passed);
  for (const id of columnsRead(operator, 0)) below.set(id, `${below.get(id) ?? ''}|${boundary.key}`);
  const input = assembler.produce(boundary.inputs[0]!, { demand: below, ordered: true, keys: null });
  const ids = [...passed.keys()];
  const keptGroups = groupsWith(input, ids);
  const id = graph.stageId('stream');
  graph.addStage(
    {
      id,
      kind: 'stream',
      inputs: [input.exchange.id],
      output: graph.nextExchangeId(),
      description: 'watermark',
      operator: {
        ...placeOperator(operator, [], (column) => input.positions.get(column)!),
        outputs: made.map(() => ({ kind: 'clock' })),
      },
      keptGroups,
    },
    [input.exchange],
  );
  return besideKept(assembler, id, input, keptGroups, ids, made);
}
