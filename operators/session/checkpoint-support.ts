/** Which jobs can take checkpoints. */
import { ConfigurationError, type Stage, type StageGraph } from '../../core/index.js';

/**
 * Refuses a graph that cannot be cut by barriers.
 * @throws {ConfigurationError} CHECKPOINT_UNSUPPORTED
 */
export function refuseUnsupported(graph: StageGraph): void {
  const problem = graph.stages.map(problemOf).find((text) => text !== null);
  const spilled = graph.exchanges.find((exchange) => exchange.mode === 'spill');
  const why = problem ?? (spilled === undefined ? null : `exchange ${spilled.id} is written to a file first`);
  if (why === null) return;
  throw new ConfigurationError('CHECKPOINT_UNSUPPORTED', `This job can take no checkpoints: ${why}.`, {
    hint: 'RESET execution.checkpointing.interval and execution.state-recovery.path, or change the query.',
  });
}

function problemOf(stage: Stage): string | null {
  if (stage.kind === 'source' && !stage.hasPosition)
    return `table ${stage.table} cannot be read again from its middle`;
  if (stage.kind !== 'relational') return null;
  if (stage.inputs.length === 0 && stage.sink !== null)
    return `stage ${stage.id} reads and writes files in one query`;
  if (stage.sink?.overwrite === true) return 'INSERT OVERWRITE shows its files once, at the end';
  const reads = stage.inputs.length > 0 && stage.files.length > 0;
  return reads ? `stage ${stage.id} reads files beside its input` : null;
}
