import type { AggregatePhases, Configuration } from '../../core/index.js';

/** `table.optimizer.agg-phase-strategy` in the words of the planner. */
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
