/** Stages that bring rows of the core into the graph. */

import type { Column } from '../../types/data-type.js';
import type { SourceBoundary } from '../boundary.js';
import { traitsOf } from '../plan-options.js';
import { type Demand, groupByWanters } from './demand.js';
import type { Produced } from './graph-builder.js';
import type { StageAssembler } from './stage-assembler.js';

/** The wanted columns of a source; at least one. */
export function addSourceStage(assembler: StageAssembler, source: SourceBoundary, demand: Demand): Produced {
  const { graph, options } = assembler;
  const ids = source.columns.map((column) => column.id);
  const groups = groupByWanters(ids, demand.size === 0 ? new Map([[ids[0]!, '']]) : demand);
  const columns = groups.flat().map((id) => source.columns.find((column) => column.id === id)!);
  const id = graph.stageId('source');
  const named = new Map(
    columns.map((column, i): [string, Column] => [column.id, { name: `c${i}`, type: column.type }]),
  );
  const { table } = source;
  const traits = traitsOf(options.connectors, table);
  graph.addStage(
    {
      id,
      kind: 'source',
      inputs: [],
      output: graph.nextExchangeId(),
      description: `${table.connector} ${table.path.at(-1)!}`,
      table: table.path.at(-1)!,
      connector: table.connector,
      options: table.options,
      declared: table.columns,
      primaryKey: table.primaryKey,
      partitionedBy: table.partitionedBy,
      columns: columns.map(({ name, type }) => ({ name, type })),
      bounded: traits?.bounded(table) ?? true,
      hasPosition: traits?.hasPosition ?? false,
    },
    [],
  );
  const exchange = graph.addExchange(
    id,
    groups.map((group) => group.map((column) => named.get(column)!)),
    null,
  );
  return { exchange, positions: new Map(columns.map((column, i) => [column.id, i])) };
}
