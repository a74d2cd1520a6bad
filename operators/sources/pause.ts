/** Waiting that its job may end. */
import type { OperatorContext } from '../../core/index.js';

/** Resolves after `ms`, or as soon as the signal is aborted. */
export function pause(
  { timers, signal }: Pick<OperatorContext, 'timers' | 'signal'>,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
