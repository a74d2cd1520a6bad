/** Prices from 100 to 10^8 cents, whose logarithms are spread evenly. */

/** Steps of the table: between two of them a price follows the straight line. */
const STEPS = 1_024;
/** 10 to the power of 6 / STEPS. */
const FACTOR = 1.0135831333340657;

/** Only additions and multiplications, which give the same on every machine. */
const TABLE = Float64Array.from({ length: STEPS + 1 });
TABLE[0] = 100;
for (let i = 1; i <= STEPS; i++) TABLE[i] = TABLE[i - 1]! * FACTOR;

/** The price for a number drawn from 0 to below 2^32. */
export function priceOf(drawn: number): number {
  const at = drawn >>> 22;
  const part = (drawn & 0x3fffff) / 0x400000;
  return Math.round(TABLE[at]! + (TABLE[at + 1]! - TABLE[at]!) * part);
}
