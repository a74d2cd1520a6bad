/** Text of dates and times → SQL values, exactly; the other direction is in core. */

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of `YYYY-MM-DD`; undefined where it is no date of the calendar. */
export function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Some engines take February 30 for March 1.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms / DAY_MS;
}

/** Microseconds of the day of `HH:MM:SS[.ffffff]`; undefined where it is no time. */
export function parseTime(text: string): number | undefined {
  const ticks = clockTicks(text, 6);
  return ticks === undefined ? undefined : Number(ticks);
}

/** Ticks since 1970-01-01 of `YYYY-MM-DD HH:MM:SS[.fff…]`; a tick is a second divided by 10 to the power of `digits`. */
export function parseTimestamp(text: string, digits: 6 | 9): bigint | undefined {
  const [day = '', clock = '', ...rest] = text.split(' ');
  const days = parseDate(day);
  const ticks = clockTicks(clock, digits);
  if (days === undefined || ticks === undefined || rest.length > 0) return undefined;
  return BigInt(days) * 86_400n * 10n ** BigInt(digits) + ticks;
}

function clockTicks(text: string, digits: 6 | 9): bigint | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[4] ?? '';
  if (match === null || fraction.length > digits) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return BigInt(seconds) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0'));
}
