/** How watermarks of a table are said, by its options: those of Flink's sources. */

import { parseDuration } from '../../config/parse-duration.js';
import { ConfigurationError } from '../../errors.js';
import type { ScanTable } from '../../plan/logical-plan.js';
import type { WatermarkOptions } from '../../plan/stream-operator.js';

const PREFIX = 'scan.watermark.';

/** The keys of these options, for connectors that check theirs. */
export const WATERMARK_OPTIONS = [
  'scan.watermark.emit.strategy',
  'scan.watermark.emit.on-event.gap',
  'scan.watermark.idle-timeout',
] as const;

/** @throws {ConfigurationError} OPTION_VALUE */
export function watermarkOptions({ path, options }: Pick<ScanTable, 'path' | 'options'>): WatermarkOptions {
  const wrong = (key: string, expected: string) =>
    new ConfigurationError(
      'OPTION_VALUE',
      `Table ${path.at(-1)!}: the option '${PREFIX}${key}' is '${options[PREFIX + key]}'.`,
      { hint: expected },
    );
  const strategy = options[`${PREFIX}emit.strategy`] ?? 'on-periodic';
  if (strategy !== 'on-periodic' && strategy !== 'on-event')
    throw wrong('emit.strategy', "Values: 'on-periodic', 'on-event'.");
  const gap = options[`${PREFIX}emit.on-event.gap`] ?? '1';
  if (!/^[1-9]\d*$/.test(gap)) throw wrong('emit.on-event.gap', 'Expected a whole number of at least 1.');
  const idleTimeout = (): number | null => {
    const text = options[`${PREFIX}idle-timeout`];
    if (text === undefined) return null;
    try {
      return parseDuration(text);
    } catch (error) {
      throw error instanceof ConfigurationError ? wrong('idle-timeout', error.hint ?? '') : error;
    }
  };
  return {
    eventGap: strategy === 'on-event' ? Number(gap) : null,
    idleTimeoutMs: idleTimeout(),
  };
}
