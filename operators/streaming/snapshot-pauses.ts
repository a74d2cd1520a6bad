import type { OperatorContext } from '../../core/index.js';

/** State is written for so long, then rows and timers have their turn. */
const LEAST_NS = 4_000_000n;
/** Where a turn of rows is long, state has a quarter of it, so that it gets done; but never more than this. */
const SHARE = 4n;
const MOST_NS = 50_000_000n;

/** Pauses for writing state in the background: null while its time is not over. They reject once the job stops. */
export function pausesOf({
  clock,
  timers,
  signal,
}: Pick<OperatorContext, 'clock' | 'timers' | 'signal'>): () => Promise<void> | null {
  let sinceNs = clock.monotonicNs();
  let sliceNs = LEAST_NS;
  return () => {
    const pausedNs = clock.monotonicNs();
    if (pausedNs - sinceNs < sliceNs) return null;
    return new Promise((resolve, reject) => {
      timers.after(0, () => {
        sinceNs = clock.monotonicNs();
        const share = (sinceNs - pausedNs) / SHARE;
        sliceNs = share < LEAST_NS ? LEAST_NS : share > MOST_NS ? MOST_NS : share;
        if (signal.aborted) reject(signal.reason);
        else resolve();
      });
    });
  };
}
