import { type Configuration, ConfigurationError } from '../../core/index.js';
import type { MiniBatchLimits } from '../streaming/mini-batch.js';

/**
 * What `table.exec.mini-batch` says; null: rows are not collected.
 * @throws {ConfigurationError} OPTION_VALUE where it is switched on without limits
 */
export function miniBatchLimits(configuration: Configuration): MiniBatchLimits | null {
  if (!configuration.get('table.exec.mini-batch.enabled')) return null;
  const rows = configuration.get('table.exec.mini-batch.size');
  const latencyMs = configuration.get('table.exec.mini-batch.allow-latency');
  for (const [key, value] of [
    ['size', rows],
    ['allow-latency', latencyMs],
  ] as const) {
    if (value > 0) continue;
    throw new ConfigurationError(
      'OPTION_VALUE',
      `'table.exec.mini-batch.enabled' is true, and 'table.exec.mini-batch.${key}' is not positive.`,
      {
        hint: "Give both: SET 'table.exec.mini-batch.size' = '5000', SET 'table.exec.mini-batch.allow-latency' = '1 s'.",
      },
    );
  }
  return { rows, latencyMs };
}
