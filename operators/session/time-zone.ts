import type { Configuration } from '../../core/index.js';

/** The session's time zone: `table.local-time-zone`, or the system's where it is `default`. */
export function localTimeZone(configuration: Configuration): string {
  const zone = configuration.get('table.local-time-zone');
  return zone === 'default' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}
