import { setTimeout as pause } from 'node:timers/promises';

/** Looks every 20 ms until `done`; the last thing seen where that takes longer than `timeoutMs`. */
export async function until<T>(
  look: () => Promise<T>,
  done: (seen: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (done(seen) || performance.now() > deadline) return seen;
    await pause(20);
  }
}
