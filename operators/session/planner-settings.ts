/** Options of Flink's planner in the words of ours. */
import type { AggregatePhases, Configuration, Sharing, UpsertMaterialize } from '../../core/index.js';

/** `table.optimizer.agg-phase-strategy`. */
export function aggregatePhases(configuration: Configuration): AggregatePhases {
  switch (configuration.get('table.optimizer.agg-phase-strategy')) {
    case 'ONE_PHASE':
      return 'one';
    case 'TWO_PHASE':
      return 'two';
    default:
      return 'auto';
  }
}

/** `table.exec.sink.upsert-materialize`. */
export function upsertMaterialize(configuration: Configuration): UpsertMaterialize {
  switch (configuration.get('table.exec.sink.upsert-materialize')) {
    case 'NONE':
      return 'none';
    case 'FORCE':
      return 'force';
    default:
      return 'auto';
  }
}

/** `table.optimizer.reuse-sub-plan-enabled` and `table.optimizer.reuse-source-enabled`. */
export function sharing(configuration: Configuration): Sharing {
  if (!configuration.get('table.optimizer.reuse-sub-plan-enabled')) return 'none';
  return configuration.get('table.optimizer.reuse-source-enabled') ? 'all' : 'plans';
}
