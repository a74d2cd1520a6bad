/** Interleaved pairs: two things measured one right after the other, so that a slow minute hits both. */
import { MOST_OTHER_LOAD, waitUntilQuiet, watchLoad } from './load.mjs';

const MOST_ATTEMPTS = 3;

/**
 * Runs `first` and `second` `count` times in turn after a warm-up of each. A pair during which others kept the
 * machine busy is measured again, a few times; the last try stands, with its load.
 * @returns for each pair `{ first, second, otherLoad }`, `first` and `second` with their `cpuSeconds` added
 */
export async function interleavedPairs(count, first, second) {
  await first();
  await second();
  const pairs = [];
  while (pairs.length < count) pairs.push(await quietPair(first, second));
  return pairs;
}

async function quietPair(first, second) {
  for (let attempt = 1; ; attempt += 1) {
    await waitUntilQuiet();
    const a = await watched(first);
    const b = await watched(second);
    const otherLoad = a.otherLoad === null ? null : Math.max(a.otherLoad, b.otherLoad);
    if (otherLoad === null || otherLoad <= MOST_OTHER_LOAD || attempt === MOST_ATTEMPTS) {
      return { first: a, second: b, otherLoad };
    }
  }
}

async function watched(measure) {
  const watch = watchLoad();
  const measured = await measure();
  const { cpuSeconds, otherLoad } = watch();
  return { ...measured, cpuSeconds, otherLoad };
}
