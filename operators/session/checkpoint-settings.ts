/** What a session's settings say of checkpoints. */
import { resolve } from 'node:path';
import type { Configuration } from '../../core/index.js';

export interface CheckpointSettings {
  /** Milliseconds between two; null: none is taken. */
  readonly interval: number | null;
  readonly folder: string | null;
  readonly retained: number;
  /** They hold what has changed since the one before. */
  readonly isIncremental: boolean;
  /** Checkpoints in a row that may fail; null: any number. */
  readonly tolerated: number | null;
  /** Where savepoints go that are not told a folder; null: nowhere. */
  readonly savepoints: string | null;
  /** The checkpoint to go on from; null: the job begins. */
  readonly recovery: string | null;
  /** State in it that no stage takes is left out. */
  readonly ignoresUnclaimed: boolean;
  /** State in it that was made of other columns than the stage reads now is taken. */
  readonly takesChanged: boolean;
}

/** Paths are relative to the working directory. */
export function checkpointSettings(
  configuration: Configuration,
  workingDirectory: string,
): CheckpointSettings {
  const path = (text: string | null) =>
    text === null ? null : resolve(workingDirectory, text.replace(/^file:(\/\/)?/, ''));
  return {
    interval: configuration.get('execution.checkpointing.interval'),
    folder: path(configuration.get('execution.checkpointing.dir')),
    retained: configuration.get('execution.checkpointing.num-retained'),
    isIncremental: configuration.get('execution.checkpointing.incremental'),
    tolerated: configuration.get('execution.checkpointing.tolerable-failed-checkpoints'),
    savepoints: path(configuration.get('execution.checkpointing.savepoint-dir')),
    recovery: path(configuration.get('execution.state-recovery.path')),
    ignoresUnclaimed: configuration.get('execution.state-recovery.ignore-unclaimed-state'),
    takesChanged: configuration.get('millstream.state-recovery.take-changed-columns'),
  };
}

/** True where a streaming job takes checkpoints or savepoints, or goes on from one. */
export function hasCheckpoints({ interval, savepoints, recovery }: CheckpointSettings): boolean {
  return interval !== null || savepoints !== null || recovery !== null;
}
