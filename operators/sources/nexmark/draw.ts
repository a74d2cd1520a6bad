/** Chance that depends on nothing but the seed, the number of an event and what is asked. */

/** A whole number from 0 to below 2^32: always the same one for an event and a purpose. */
export type Draw = (event: number, purpose: number) => number;

/** Two rounds of the 32-bit finalizer of MurmurHash3 (A. Appleby, public domain) over seed, event and purpose. */
export function drawsOf(seed: number): Draw {
  const start = mixed(seed | 0) ^ Math.floor(seed / 2 ** 32);
  return (event, purpose) => {
    const low = mixed((event | 0) ^ Math.imul(purpose, 0x9e3779b1) ^ start);
    return mixed(low ^ Math.floor(event / 2 ** 32) ^ 0x5bd1e995) >>> 0;
  };
}

function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
