/** Which stages of two runs are the same: state of the one is state of the other. */
import { createHash } from 'node:crypto';
import type { Stage, StageGraph, StageIdentity, StreamOperator } from '../../core/index.js';

/** The stages of a graph, in its order. */
export function identitiesOf(graph: StageGraph): StageIdentity[] {
  const seen = new Map<string, number>();
  return graph.stages.map((stage) => {
    const name = nameOf(stage, graph);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const uid = count === 1 ? name : `${name}-${count}`;
    return { id: stage.id, uid, description: describe(stage), keeps: keptBy(stage) };
  });
}

/** With the functions of an aggregation: there may be several in a job. */
function describe({ description, ...stage }: Stage): string {
  const calls = stage.kind === 'stream' && 'calls' in stage.operator ? stage.operator.calls : [];
  const functions = calls.map((call) => call.function);
  return functions.length === 0 ? description : `${description} of ${functions.join(', ')}`;
}

function nameOf(stage: Stage, graph: StageGraph): string {
  const types = stage.inputs.map((id) =>
    graph.exchanges.find((exchange) => exchange.id === id)!.columns.map(({ type }) => type),
  );
  const meaning = JSON.stringify([stage.kind, meaningOf(stage), types], withoutPlaces);
  return `${stage.kind}-${createHash('sha256').update(meaning).digest('hex').slice(0, 16)}`;
}

/** Where something stands in the text says nothing of its state. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === 'span' || key === 'place' ? undefined : value;
}

/** What the state of a stage depends on beside the rows of its inputs. */
function meaningOf(stage: Stage): unknown {
  switch (stage.kind) {
    case 'relational':
      // Of a sink, parts of files; of a source, how many rows of the query have gone out.
      return stage.sink === null ? stage.sql : stage.sink.path;
    case 'stream':
      return kindOf(stage.operator);
    case 'python':
      return [stage.mode, stage.steps, stage.keyColumns, stage.stream && kindOf(stage.stream.operator)];
    case 'source':
      return [stage.connector, stage.table];
    case 'sink':
      return [stage.connector, stage.options];
  }
}

/** What an operator puts out of its results says nothing of its state. */
function kindOf({ outputs: _, ...operator }: StreamOperator<number>): unknown {
  return operator;
}

function keptBy(stage: Stage): StageIdentity['keeps'] {
  if (stage.inputs.length === 0) return 'position';
  if (stage.kind === 'relational' && stage.sink === null) return 'nothing';
  // How far time was: what comes next says it again.
  if (stage.kind === 'stream' && /^(calc|union|watermark)$/.test(stage.operator.kind)) return 'nothing';
  return 'state';
}
