/** Waiting that its job may end. */
import type { OperatorContext } from '../../core/index.js';

const SELDOM_MS = 2 ** 31 - 1;

/** Resolves after `ms`, or as soon as the signal is aborted; the process lives on until then. */
export function pause(
  { timers, signal }: Pick<OperatorContext, 'timers' | 'signal'>,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    // Timers of a job keep no process alive, and a server that is away may be all that the job waits for.
    const stay = setInterval(() => {}, SELDOM_MS);
    const cancel = timers.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
    function done(): void {
      cancel();
      clearInterval(stay);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
