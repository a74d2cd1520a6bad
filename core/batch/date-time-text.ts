/** Dates and times as text, by arithmetic on the proleptic Gregorian calendar: nothing is rounded. */

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dateText(days: number): string {
  // Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

/** `HH:MM:SS[.ffffff]` of microseconds since midnight, without trailing zeros. */
export function timeText(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1e6);
  return clockText(seconds, BigInt(microseconds - seconds * 1e6), 6);
}

/**
 * `YYYY-MM-DD HH:MM:SS[.fff…]` without trailing zeros, of ticks since 1970-01-01; a tick is a second divided by
 * ten to the power of `digits` (6: microseconds, 9: nanoseconds).
 */
export function timestampText(ticks: bigint, digits: 6 | 9): string {
  const perSecond = digits === 6 ? 1_000_000n : 1_000_000_000n;
  const fraction = ((ticks % perSecond) + perSecond) % perSecond;
  const seconds = Number((ticks - fraction) / perSecond);
  const days = Math.floor(seconds / 86_400);
  return `${dateText(days)} ${clockText(seconds - days * 86_400, fraction, digits)}`;
}

function clockText(seconds: number, fraction: bigint, digits: number): string {
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (fraction === 0n) return clock;
  return `${clock}.${fraction.toString().padStart(digits, '0').replace(/0+$/, '')}`;
}

function yearText(year: number): string {
  const sign = year < 0 ? '-' : '';
  return sign + String(Math.abs(year)).padStart(4, '0');
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
