import type { Configuration } from '../../core/index.js';

/** The session's time zone: `table.local-time-zone`, or the system's where it is `default`. */
export function localTimeZone(configuration: Configuration): string {
  const zone = configuration.get('table.local-time-zone');
  return zone === 'default' ? systemTimeZone() : zone;
}

let known: { readonly variable: string | undefined; readonly zone: string } | null = null;

/** Asked once: Node takes a fifth of a millisecond to say it. */
function systemTimeZone(): string {
  const variable = process.env.TZ;
  if (known === null || known.variable !== variable) {
    known = { variable, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }
  return known.zone;
}
