/** Which jobs can take checkpoints. */
import { ConfigurationError, filesWrittenBy, type Stage, type StageGraph } from '../../core/index.js';
import type { CheckpointSettings } from './checkpoint-settings.js';

/**
 * Refuses a graph that cannot be cut by barriers.
 * @throws {ConfigurationError} CHECKPOINT_UNSUPPORTED
 */
export function refuseUnsupported(graph: StageGraph): void {
  const why = whyUnsupported(graph);
  if (why === null) return;
  throw new ConfigurationError('CHECKPOINT_UNSUPPORTED', `This job can take no checkpoints: ${why}.`, {
    hint: 'RESET execution.checkpointing.interval, execution.checkpointing.savepoint-dir and execution.state-recovery.path, or change the query.',
  });
}

/** How a stream that was cancelled could have been gone on from. */
export function noteOfCancelled(graph: StageGraph, { interval }: CheckpointSettings): string | null {
  if (interval !== null) return null;
  const why = whyUnsupported(graph);
  const begins = 'It took no checkpoints, so it begins anew the next time';
  if (why !== null) return `${begins}; it can take none: ${why}.`;
  return `${begins}. With SET 'execution.checkpointing.interval' = '10 s' and SET 'execution.checkpointing.dir' = 'checkpoints' Ctrl-C ends it with one to go on from.`;
}

function whyUnsupported(graph: StageGraph): string | null {
  const problem = graph.stages.map(problemOf).find((text) => text !== null);
  const spilled = graph.exchanges.find((exchange) => exchange.mode === 'spill');
  return problem ?? (spilled === undefined ? null : `exchange ${spilled.id} is written to a file first`);
}

/**
 * Says that a job which is run as a batch takes no checkpoints.
 * @param notStreaming what a stream cannot do; null: every source ends
 * @throws {ConfigurationError} CHECKPOINT_UNSUPPORTED where it was to go on from one
 */
export function tellOfBatch(
  { recovery }: Pick<CheckpointSettings, 'recovery'>,
  notStreaming: string | null,
  onNote: (text: string) => void,
): void {
  const why = (notStreaming ?? 'every source ends, and streaming was not asked for').replace(/\.$/, '');
  const hint =
    notStreaming === null
      ? 'Run it with --mode streaming.'
      : 'Its rows are the same; another query may be a stream.';
  if (recovery === null) {
    onNote(`no checkpoints are taken, the job is a batch: ${why}. ${hint}`);
    return;
  }
  throw new ConfigurationError('CHECKPOINT_UNSUPPORTED', `A batch cannot go on from a checkpoint: ${why}.`, {
    hint: `${hint} Without execution.state-recovery.path it begins anew.`,
  });
}

function problemOf(stage: Stage): string | null {
  if (stage.kind === 'source' && !stage.hasPosition)
    return `table ${stage.table} cannot be read again from its middle`;
  if (filesWrittenBy(stage)?.overwrite === true) return 'INSERT OVERWRITE shows its files once, at the end';
  if (stage.kind !== 'relational') return null;
  if (stage.inputs.length === 0 && stage.sink !== null)
    return `stage ${stage.id} reads and writes files in one query`;
  const reads = stage.inputs.length > 0 && stage.files.length > 0;
  return reads ? `stage ${stage.id} reads files beside its input` : null;
}
