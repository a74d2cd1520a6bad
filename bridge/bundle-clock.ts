/** Splits the time of a bundle into waiting, shipping, Python and returning. Both sides read CLOCK_MONOTONIC. */
import type { BundleDurations } from './api.js';
import type { BundleTiming } from './protocol/messages.js';

/** When the core saw a bundle, in nanoseconds. */
export interface CoreTimes {
  /** `process` was called. */
  readonly queuedNs: bigint;
  /** ZeroMQ took it. */
  readonly sentNs: bigint;
  /** The answer was complete. */
  readonly answeredNs: bigint;
}

export class BundleClock {
  #previousEndNs = 0n;

  /** To be called in the order of the answers: a bundle waits while the worker is at the one before it. */
  durations(core: CoreTimes, worker: BundleTiming): BundleDurations {
    const receivedNs = BigInt(worker.receivedNs);
    const endNs = BigInt(worker.sentNs);
    const freeNs = min(receivedNs, max(core.sentNs, this.#previousEndNs));
    this.#previousEndNs = endNs;
    return {
      waitingNs: span(core.queuedNs, freeNs),
      shippingNs: span(freeNs, receivedNs) + worker.decodeNs,
      pythonNs: worker.stepNs,
      returningNs: worker.encodeNs + span(endNs, core.answeredNs),
      totalNs: span(core.queuedNs, core.answeredNs),
      calls: worker.stepCalls,
      retries: worker.stepRetries,
    };
  }
}

/** From `start` to `end`; 0 where the clocks' readings cross. */
function span(start: bigint, end: bigint): number {
  return end > start ? Number(end - start) : 0;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
