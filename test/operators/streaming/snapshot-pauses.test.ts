import { expect, test } from 'vitest';
import { pausesOf } from '../../../operators/streaming/snapshot-pauses.js';

/** A clock in milliseconds, and rows whose turns take `turnMs`. */
function machine(turnMs: number, signal = new AbortController().signal) {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicNs: () => BigInt(nowMs) * 1_000_000n };
  const after = (_: number, run: () => void) => {
    nowMs += turnMs;
    run();
    return () => {};
  };
  const pause = pausesOf({ clock, timers: { after }, signal });
  /** How long state is written until rows have their turn, some times. */
  const slices = async (count: number) => {
    const all: number[] = [];
    while (all.length < count) {
      const begun = nowMs;
      let paused = pause();
      for (; paused === null; paused = pause()) nowMs += 1;
      all.push(nowMs - turnMs - begun);
      await paused;
    }
    return all;
  };
  return { slices };
}

test('state is written for 4 ms at a time, a quarter of the time where turns of rows are long, and 50 ms at most', async () => {
  expect(await machine(1).slices(3)).toEqual([4, 4, 4]);
  expect(await machine(100).slices(3)).toEqual([4, 25, 25]);
  expect(await machine(1_000).slices(3)).toEqual([4, 50, 50]);
});

test('the writing ends with the job', async () => {
  const job = new AbortController();
  job.abort(new Error('the job is over'));

  await expect(machine(1, job.signal).slices(1)).rejects.toThrow('the job is over');
});
