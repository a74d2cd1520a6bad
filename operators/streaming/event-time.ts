/** Event time as rows have it. */

/** Milliseconds of a time in microseconds (precision up to 3); the floor of the millisecond holds before 1970 too. */
export function millisecondsOf(time: bigint): number {
  const exact = Number(time);
  if (Number.isSafeInteger(exact)) return Math.floor(exact / 1000);
  const ms = time / 1000n;
  return Number(time < 0n && time % 1000n !== 0n ? ms - 1n : ms);
}
