/** What a session's settings say of jobs that fail. */
import { type Configuration, ConfigurationError, type RestartSettings } from '../../core/index.js';

/**
 * Defaults are Flink's: exponential delays where the job takes checkpoints, else none.
 * @throws {ConfigurationError} OPTION_VALUE
 */
export function restartSettings(configuration: Configuration): RestartSettings {
  switch (strategyName(configuration)) {
    case 'fixed-delay':
      return {
        type: 'fixed-delay',
        attempts: configuration.get('restart-strategy.fixed-delay.attempts'),
        delay: configuration.get('restart-strategy.fixed-delay.delay'),
      };
    case 'failure-rate':
      return {
        type: 'failure-rate',
        maxFailures: configuration.get('restart-strategy.failure-rate.max-failures-per-interval'),
        interval: configuration.get('restart-strategy.failure-rate.failure-rate-interval'),
        delay: configuration.get('restart-strategy.failure-rate.delay'),
      };
    case 'exponential-delay':
      return exponentialDelay(configuration);
    default:
      return { type: 'none' };
  }
}

function strategyName(configuration: Configuration): string {
  const name = configuration.get('restart-strategy.type');
  if (name === null)
    return configuration.get('execution.checkpointing.interval') === null ? 'none' : 'exponential-delay';
  return name.replace(/^(fixed|exponential)delay$/, '$1-delay').replace('failurerate', 'failure-rate');
}

function exponentialDelay(configuration: Configuration): RestartSettings {
  const initial = configuration.get('restart-strategy.exponential-delay.initial-backoff');
  const max = configuration.get('restart-strategy.exponential-delay.max-backoff');
  if (initial > max) {
    throw new ConfigurationError(
      'OPTION_VALUE',
      "'restart-strategy.exponential-delay.initial-backoff' is above 'restart-strategy.exponential-delay.max-backoff'.",
      { hint: 'Lower the first or raise the second.' },
    );
  }
  return {
    type: 'exponential-delay',
    initial,
    max,
    multiplier: configuration.get('restart-strategy.exponential-delay.backoff-multiplier'),
    resetAfter: configuration.get('restart-strategy.exponential-delay.reset-backoff-threshold'),
    jitter: configuration.get('restart-strategy.exponential-delay.jitter-factor'),
    attempts: configuration.get('restart-strategy.exponential-delay.attempts-before-reset-backoff'),
  };
}
