import type { Exchange, Stage, StageGraph } from '../../core/index.js';

/** A graph from lines such as `a b -> c`: stage c reads what a and b write; a stage writes to all that read it. */
export function graphOf(lines: readonly string[], spilled: readonly string[] = []): StageGraph {
  const inputs = new Map<string, string[]>();
  for (const line of lines) {
    const [left, right] = line.split('->').map((side) => side.trim().split(/\s+/));
    for (const name of left!) if (!inputs.has(name)) inputs.set(name, []);
    inputs.set(right![0]!, [...(inputs.get(right![0]!) ?? []), ...left!]);
  }
  const written = new Set([...inputs.values()].flat());
  const stages = [...inputs].map(([id, read]) => stageOf(id, read, written.has(id)));
  const exchanges = [...written].map((producer) =>
    exchangeOf(
      producer,
      stages.filter((stage) => inputs.get(stage.id)!.includes(producer)).map(({ id }) => id),
      spilled.includes(producer),
    ),
  );
  return { stages, exchanges, mode: 'batch' };
}

function stageOf(id: string, read: readonly string[], isRead: boolean): Stage {
  const base = { id, inputs: read.map(exchangeId), description: id };
  if (read.length === 0) {
    return {
      ...base,
      kind: 'source',
      output: exchangeId(id),
      table: id,
      connector: 'test',
      options: {},
      declared: [],
      columns: [],
      bounded: true,
      primaryKey: [],
      partitionedBy: [],
      hasPosition: true,
    };
  }
  return {
    ...base,
    kind: 'sink',
    output: isRead ? exchangeId(id) : null,
    table: '',
    fields: [],
    primaryKey: [],
    connector: 'test',
    options: {},
    columns: [],
    change: null,
    files: null,
  };
}

function exchangeOf(producer: string, consumers: readonly string[], spill: boolean): Exchange {
  return {
    id: exchangeId(producer),
    producer,
    consumers,
    columns: [],
    groups: [],
    mode: spill ? 'spill' : 'stream',
    reason: 'test',
    keyColumns: null,
  };
}

function exchangeId(producer: string): string {
  return `${producer}-out`;
}
