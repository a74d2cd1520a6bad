/** The run loop: one operator between its inputs and its output. Batch and streaming are the same loop. */

import { CancelledError } from '../errors.js';
import type { ExchangeReader } from './exchange-channel.js';
import { BarrierAlignment, WatermarkMinimum } from './input-progress.js';
import { markMiniBatches, miniBatchesOf } from './mini-batches.js';
import type { Operator, SourceOperator } from './operator.js';
import type { TaskContext } from './task-context.js';

/**
 * Runs an operator until all inputs have ended. Batches of one input go one by one, inputs beside each other; the
 * watermark is the minimum over inputs; a barrier blocks its input until it is on all of them.
 */
export async function runOperator(operator: Operator, context: TaskContext): Promise<void> {
  const { inputs, signal } = context;
  const watermarks = new WatermarkMinimum(
    inputs.length,
    (minimum) => operator.processWatermark(minimum),
    false,
    operator.unitesInputs,
  );
  const miniBatches = miniBatchesOf(inputs.length, (marker) => operator.processWatermark(marker));
  const barriers = new BarrierAlignment(inputs.length, (barrier) => operator.snapshot(barrier));

  const pump = async (reader: ExchangeReader, input: number): Promise<void> => {
    for (;;) {
      const element = await reader.pull();
      signal.throwIfAborted();
      switch (element.kind) {
        case 'batch':
          context.countInput(element);
          await operator.processBatch(element, input);
          break;
        case 'watermark':
          if (element.miniBatch !== undefined) {
            await miniBatches.advance(input, element.miniBatch);
            break;
          }
          // Splits are those of one source: behind several inputs nobody asks for them.
          if (element.splits !== undefined && inputs.length === 1) await operator.processWatermark(element);
          await watermarks.advance(input, element.timestampMs, element.isIdle);
          break;
        case 'barrier':
          await barriers.arrive(element);
          break;
        case 'end':
          await watermarks.advance(input, Number.POSITIVE_INFINITY);
          await miniBatches.advance(input, Number.POSITIVE_INFINITY);
          await operator.endInput(input);
          barriers.end();
          context.openInputs -= 1;
          return;
      }
    }
  };

  await Promise.all(inputs.map(pump));
}

/** Opens a source, runs it until it is done or drained, and then the snapshots that were asked for meanwhile. */
export async function runSource(source: SourceOperator, context: TaskContext): Promise<void> {
  const { miniBatchMs } = context;
  let markers: ReturnType<typeof markMiniBatches> | null = null;
  try {
    await source.open(context);
    context.opened.resolve();
    if (miniBatchMs !== null) markers = markMiniBatches(context, miniBatchMs);
    if (!context.isDrained) await source.run();
  } catch (error) {
    // A source may meet the signal as an end or as an error.
    if (!(context.isDrained && error instanceof CancelledError)) throw error;
  } finally {
    await markers?.end();
  }
  const done = context.snapshotsDone();
  // One that was drained while it opened has nothing to save.
  context.opened.resolve();
  await done;
}
