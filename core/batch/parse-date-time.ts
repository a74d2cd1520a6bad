/** Text of dates and times → SQL values, exactly; `date-time-text.ts` is the other direction. */
import { dateText } from './date-time-text.js';

/** Days since 1970-01-01 of `YYYY-MM-DD`; undefined where it is no date of the calendar. */
export function parseDate(text: string): number | undefined {
  const [year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  // Years begin in March here, so that the leap day is their last.
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const days = marchYear * 365 + leapDays + dayOfYear - 719_468;
  // February 30 is another day.
  return dateText(days) === text ? days : undefined;
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
