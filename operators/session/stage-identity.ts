/** Which stages of two runs are the same: state of the one is state of the other. */
import { hashOf, type Stage, type StageGraph, type StageIdentity } from '../../core/index.js';

/** The stages of a graph, in its order. */
export function identitiesOf(graph: StageGraph): StageIdentity[] {
  const producers = new Map(graph.exchanges.map(({ id, producer }) => [id, producer]));
  const uids = new Map<string, string>();
  return graph.stages.map((stage) => {
    const keeps = keptBy(stage);
    // How far time was is no stage's that reads something else.
    const below = keeps === 'nothing' ? stage.inputs.map((input) => uids.get(producers.get(input)!)) : [];
    const uid = `${stage.kind}-${hashOf([stage.kind, meaningOf(stage), below])}`;
    uids.set(stage.id, uid);
    const { columns, rows } = stage.origin ?? { columns: [], rows: '' };
    return { id: stage.id, uid, description: describe(stage), keeps, columns, rows };
  });
}

/** With what its state is made of: there may be several of the kind in a job. */
function describe({ kind, description, origin }: Stage): string {
  const text = origin?.text ?? '';
  if (text === '') return description;
  return kind === 'python' ? `${description}: ${text}` : `${description} of ${text}`;
}

/** What the state of a stage depends on beside the rows and columns that come to it. */
function meaningOf(stage: Stage): unknown {
  switch (stage.kind) {
    case 'relational':
      // Of a sink, parts of files; of a source, how many rows of the query have gone out.
      return stage.sink === null ? (stage.origin?.form ?? stage.sql) : stage.sink.path;
    case 'stream':
      return stage.origin?.form ?? stage.operator;
    case 'python':
      return [stage.mode, stage.origin?.form ?? stage.steps];
    case 'source':
      return [stage.connector, stage.table];
    case 'sink':
      return [stage.connector, stage.options];
  }
}

function keptBy(stage: Stage): StageIdentity['keeps'] {
  if (stage.inputs.length === 0) return 'position';
  if (stage.kind === 'relational' && stage.sink === null) return 'nothing';
  if (stage.kind === 'python' && stage.stream === null) return 'nothing';
  // How far time was: what comes next says it again.
  if (stage.kind === 'stream' && /^(calc|union|watermark)$/.test(stage.operator.kind)) return 'nothing';
  return 'state';
}
