/** The ports of core on Node: the system's clock and timers, and spill files in a folder of the job. */
import type { Clock, Timers } from '../../core/index.js';

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicNs: () => process.hrtime.bigint(),
};

/** Timers of Node that do not keep the process alive. */
export const systemTimers: Timers = {
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
