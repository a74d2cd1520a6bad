/** Options of Flink's planner in the words of ours. */
import type { AggregatePhases, Configuration, UpsertMaterialize } from '../../core/index.js';

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
