/** Where mini-batches begin: what all operators that collect rows go by. */
import type { Watermark } from '../batch/batch.js';
import { WatermarkMinimum } from './input-progress.js';
import type { OperatorContext } from './operator.js';

/** The marker of a mini-batch, which says nothing of time. */
function markerOf(miniBatch: number): Watermark {
  return { kind: 'watermark', timestampMs: Number.NEGATIVE_INFINITY, miniBatch };
}

/**
 * The markers of several inputs as those of one: a mini-batch begins when it has on each input that has said any, and has not ended.
 */
export function miniBatchesOf(
  inputs: number,
  begin: (marker: Watermark) => Promise<void>,
): { advance(input: number, miniBatch: number): Promise<void> } {
  return new WatermarkMinimum(
    inputs,
    async ({ timestampMs, isIdle }) => {
      if (isIdle !== true && Number.isFinite(timestampMs)) await begin(markerOf(timestampMs));
    },
    true,
  );
}

/** What the markers of a source are given. */
type Marked = Pick<OperatorContext, 'clock' | 'timers' | 'output' | 'fail' | 'signal'>;

/** Puts a marker into the output of a source whenever a multiple of `intervalMs` has come. Ended before the source is. */
export function markMiniBatches(context: Marked, intervalMs: number): { end(): Promise<void> } {
  const { clock, timers } = context;
  let emitted: Promise<void> = Promise.resolve();
  let hasEnded = false;
  let cancel = () => {};
  const mark = async (miniBatch: number): Promise<void> => {
    try {
      await context.output.emit(markerOf(miniBatch));
      wait();
    } catch (error) {
      // A source that reads no more says nothing more either.
      if (!context.signal.aborted) context.fail(error);
    }
  };
  // The next one when this one has been taken.
  const wait = (): void => {
    if (hasEnded) return;
    const next = Math.floor(clock.nowMs() / intervalMs) + 1;
    cancel = timers.after(next * intervalMs - clock.nowMs(), () => {
      emitted = mark(next);
    });
  };
  wait();
  return {
    async end() {
      hasEnded = true;
      cancel();
      await emitted;
    },
  };
}
