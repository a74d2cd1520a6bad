/** What the configuration says of the bridge. */
import type { BridgeOptions } from '../../bridge/index.js';
import type { Configuration } from '../../core/index.js';
import { localTimeZone } from './time-zone.js';

/** How old the figures of the progress line may be. */
const HEARTBEAT_MS = 250;

/** The options of a bridge that derive from the configuration alone. */
export function bridgeSettings(configuration: Configuration) {
  return {
    checksum: configuration.get('millstream.protocol.checksum') === 'on',
    timeZone: localTimeZone(configuration),
    heartbeatMs: HEARTBEAT_MS,
    logLevel: configuration.get('python.logging.default.level'),
    logLevels: configuration.get('python.logging.level.overrides') ?? {},
    requireHardCaps: configuration.get('millstream.resources.required') === 'hard',
    recycling: {
      rows: configuration.get('millstream.worker.recycle.rows'),
      ageMs: configuration.get('millstream.worker.recycle.age'),
      residentBytes: configuration.get('millstream.worker.recycle.memory'),
    },
    graces: {
      helloMs: configuration.get('millstream.worker.start-timeout'),
      initMs: configuration.get('millstream.worker.init-timeout'),
      stuckMs: configuration.get('millstream.worker.stuck-after'),
    },
  } satisfies Partial<BridgeOptions>;
}
