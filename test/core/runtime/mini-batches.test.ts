import { expect, it } from 'vitest';
import type { StreamElement } from '../../../core/index.js';
import { deferred } from '../../../core/runtime/deferred.js';
import type { EventLoopTurns } from '../../../core/runtime/event-loop-turns.js';
import { markMiniBatches, miniBatchesOf } from '../../../core/runtime/mini-batches.js';
import { TaskContext } from '../../../core/runtime/task-context.js';
import { ManualClock, promisesSettle } from '../../support/manual-clock.js';

/** A source whose markers are noted with the time, and taken when `room` resolves. */
function markedSource(room: () => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const marks: string[] = [];
  const failures: unknown[] = [];
  const emit = async (element: StreamElement) => {
    await room();
    if (element.kind === 'watermark') marks.push(`${element.miniBatch} at ${clock.nowMs()}`);
  };
  const context = {
    clock,
    timers: clock,
    output: { emit },
    signal: stop.signal,
    fail: (error: unknown) => void failures.push(error),
  };
  return { clock, stop, marks, failures, markers: markMiniBatches(context, 500) };
}

async function fire(clock: ManualClock): Promise<void> {
  clock.fireNext();
  await promisesSettle();
}

it('a source says with each interval of the clock that a mini-batch begins, until it ends', async () => {
  const { clock, marks, markers } = markedSource();
  await fire(clock);
  await fire(clock);
  await markers.end();
  expect(marks).toEqual(['1 at 500', '2 at 1000']);
  expect(clock.pendingTimers).toBe(0);
});

it('no marker follows one that nobody takes, and the source waits for that one', async () => {
  const taken = deferred<void>();
  const { clock, marks, markers } = markedSource(() => taken.promise);
  await fire(clock);
  expect(clock.pendingTimers).toBe(0);
  const ended = markers.end();
  taken.resolve();
  await ended;
  expect(marks).toEqual(['1 at 500']);
  expect(clock.pendingTimers).toBe(0);
});

it('a marker that cannot be said fails the job, unless that was stopped', async () => {
  const refused = () => Promise.reject(new Error('closed'));
  const failing = markedSource(refused);
  await fire(failing.clock);
  expect(failing.failures).toEqual([new Error('closed')]);
  const stopped = markedSource(refused);
  stopped.stop.abort();
  await fire(stopped.clock);
  expect(stopped.failures).toEqual([]);
});

it('a marker that waits for its turn when the source reads no more fails nothing', async () => {
  const clock = new ManualClock();
  const turn = deferred<void>();
  const failures: unknown[] = [];
  const context = new TaskContext({
    stageId: 'source-1',
    inputs: [],
    output: null,
    clock,
    timers: clock,
    turns: { due: () => turn.promise } as unknown as EventLoopTurns,
    bufferBytes: 1,
    miniBatchMs: 500,
    attemptSignal: new AbortController().signal,
    endsWithCheckpoint: false,
    fail: (error) => void failures.push(error),
    acknowledge: () => {},
  });
  const markers = markMiniBatches(context, 500);
  await fire(clock);
  context.drain();
  turn.resolve();
  await markers.end();
  expect(failures).toEqual([]);
});

it('a mini-batch begins behind several inputs when it has on each that says any and has not ended', async () => {
  const begun: (number | undefined)[] = [];
  const inputs = miniBatchesOf(3, async ({ miniBatch }) => void begun.push(miniBatch));
  await inputs.advance(0, 1);
  await inputs.advance(1, 2);
  await inputs.advance(0, 2);
  await inputs.advance(0, 3);
  await inputs.advance(1, Number.POSITIVE_INFINITY);
  await inputs.advance(0, Number.POSITIVE_INFINITY);
  await inputs.advance(2, Number.POSITIVE_INFINITY);
  expect(begun).toEqual([1, 2, 3]);
});
