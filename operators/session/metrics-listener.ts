import type { Configuration } from '../../core/index.js';
import type { JobMetrics, SessionOptions } from './session-types.js';

/** Who is told the figures of a job, with the settings of the session; null where nobody wants them. */
export function metricsListener(
  { onMetrics, needsMetrics }: SessionOptions,
  configuration: Configuration,
): ((metrics: JobMetrics) => void) | null {
  if (onMetrics === undefined) return null;
  const settings = { prometheusPort: configuration.get('metrics.reporter.prom.port') };
  if (needsMetrics?.(settings) === false) return null;
  return (metrics) => onMetrics(metrics, settings);
}
