import type { OperatorContext } from '../../core/index.js';

/** State is written for so long, then rows and timers have their turn. */
const SLICE_NS = 4_000_000n;

/** Pauses for writing state in the background: null while its time is not over. They reject once the job stops. */
export function pausesOf({
  clock,
  timers,
  signal,
}: Pick<OperatorContext, 'clock' | 'timers' | 'signal'>): () => Promise<void> | null {
  let sinceNs = clock.monotonicNs();
  return () => {
    if (clock.monotonicNs() - sinceNs < SLICE_NS) return null;
    return new Promise((resolve, reject) => {
      timers.after(0, () => {
        sinceNs = clock.monotonicNs();
        if (signal.aborted) reject(signal.reason);
        else resolve();
      });
    });
  };
}
