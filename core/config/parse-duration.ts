import { ConfigurationError } from '../errors.js';

/**
 * Milliseconds of a duration as Flink writes it: an integer and a unit (`500 ms`, `10 s`, `1min`, `2 h`, `1 d`);
 * without a unit it is milliseconds. Fractions of a millisecond are kept.
 * @throws {ConfigurationError} DURATION
 */
export function parseDuration(text: string): number {
  const match = /^(\d+)\s*([a-zµ]*)$/.exec(text.trim().toLowerCase());
  const factor = match === null ? undefined : UNITS.get(match[2]!);
  if (match === null || factor === undefined) {
    throw new ConfigurationError('DURATION', `'${text}' is not a duration.`, {
      hint: "Write a whole number and a unit: '500 ms', '10 s', '5 min', '2 h', '1 d'.",
    });
  }
  return Number(match[1]) * factor;
}

/** Flink's `TimeUtils.TimeUnit`, in milliseconds. */
const UNITS = new Map<string, number>([
  ['', 1],
  ...['d', 'day', 'days'].map((unit) => [unit, 86_400_000] as const),
  ...['h', 'hour', 'hours'].map((unit) => [unit, 3_600_000] as const),
  ...['m', 'min', 'minute', 'minutes'].map((unit) => [unit, 60_000] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((unit) => [unit, 1000] as const),
  ...['ms', 'milli', 'millis', 'millisecond', 'milliseconds'].map((unit) => [unit, 1] as const),
  ...['µs', 'micro', 'micros', 'microsecond', 'microseconds'].map((unit) => [unit, 1e-3] as const),
  ...['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds'].map((unit) => [unit, 1e-6] as const),
]);
