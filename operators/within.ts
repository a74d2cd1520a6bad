import type { Timers } from '../core/index.js';

/** True when the work has ended, false where it is still at it after so many milliseconds; rejects as the work does before that. */
export function within(work: Promise<unknown>, mostMs: number, timers: Timers): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stopWaiting = timers.after(mostMs, () => resolve(false));
    work.then(
      () => {
        stopWaiting();
        resolve(true);
      },
      (error: unknown) => {
        stopWaiting();
        reject(error);
      },
    );
  });
}
