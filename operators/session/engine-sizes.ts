/** How large everything of a job may be, and how long it may take. */
import { availableParallelism } from 'node:os';
import { type Configuration, duckDbMemoryLimit } from '../../core/index.js';
import type { EngineSizes } from '../engine.js';
import { miniBatchLimits } from './mini-batch-limits.js';

/**
 * @param capBytes of each relational worker
 * @param bufferBytes of each exchange and Python stage
 */
export function engineSizes(
  configuration: Configuration,
  capBytes: number,
  bufferBytes: number,
): EngineSizes {
  const cores = availableParallelism();
  const threads = configuration.get('millstream.relational.threads');
  return {
    batchRows: configuration.get('millstream.batch.rows'),
    relationalWorkerBytes: capBytes,
    relationalMemoryLimitBytes: duckDbMemoryLimit(capBytes),
    relationalThreads: threads ?? cores,
    // One thread of a scan keeps about two function workers busy.
    scanThreads: threads ?? Math.max(1, Math.floor(cores / 3)),
    bufferBytes,
    answerBytes: configuration.get('millstream.bundle.answer-memory'),
    temporaryBytes: configuration.get('millstream.temporary.disk'),
    incrementalCheckpoints: configuration.get('execution.checkpointing.incremental'),
    stateBackend: configuration.get('state.backend.type') === 'lmdb' ? 'lmdb' : 'hashmap',
    stateTtlMs: configuration.get('table.exec.state.ttl'),
    eventTime: {
      intervalMs: configuration.get('pipeline.auto-watermark-interval'),
      idleTimeoutMs: configuration.get('table.exec.source.idle-timeout'),
    },
    miniBatch: miniBatchLimits(configuration),
    stallAfterMs: configuration.get('millstream.stall-timeout'),
  };
}
