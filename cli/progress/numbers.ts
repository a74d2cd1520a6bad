/** Numbers as people read them. */

const MEBIBYTE = 1024 * 1024;

/** `3,000,000` */
export function grouped(value: number): string {
  // `toLocaleString` loads the tables of all languages: 20 ms of a command that ends with one such number.
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** At most six significant digits, thousands grouped: `12,345.6`, `0.000123457`; `none` where there is none. */
export function number(value: number | null): string {
  if (value === null) return 'none';
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: Math.abs(value) >= 1e6 ? 21 : 6,
    maximumFractionDigits: 12,
  });
}

/** `1 row`, `3,000,000 rows` */
export function rowCount(rows: number): string {
  return `${grouped(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

/** `0.42 s`, `12.3 s`, `2 min 5 s` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `0.5 MiB`, `120 MiB`, `2.0 GiB` */
export function bytes(value: number): string {
  const mebibytes = value / MEBIBYTE;
  if (mebibytes >= 1024) return `${(mebibytes / 1024).toFixed(1)} GiB`;
  return mebibytes < 10 ? `${mebibytes.toFixed(1)} MiB` : `${Math.round(mebibytes)} MiB`;
}

/** Rows a second; null where no time has passed. */
export function rate(rows: number, seconds: number): string | null {
  return seconds > 0 ? `${grouped(rows / seconds)} rows/s` : null;
}
