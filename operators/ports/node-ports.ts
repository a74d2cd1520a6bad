/** The ports of core on Node: the system's clock and timers, and spill files in a folder of the job. */
import type { Clock, Timers } from '../../core/index.js';

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicNs: () => process.hrtime.bigint(),
};

/** Node takes longer ones for one millisecond. */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers of Node that do not keep the process alive. */
export const systemTimers: Timers = {
  after: (delayMs, callback) => {
    let timer: NodeJS.Timeout;
    const sleep = (leftMs: number) => {
      const next = leftMs > LONGEST_MS ? () => sleep(leftMs - LONGEST_MS) : callback;
      timer = setTimeout(next, Math.min(leftMs, LONGEST_MS)).unref();
    };
    sleep(delayMs);
    return () => clearTimeout(timer);
  },
};
