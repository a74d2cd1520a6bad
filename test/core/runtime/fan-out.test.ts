import { expect, it } from 'vitest';
import { FanOut } from '../../../core/runtime/fan-out.js';
import { promisesSettle } from '../../support/manual-clock.js';
import { shareBatch } from '../../support/shared-batch.js';
import { numbersBatch } from '../../support/test-batch.js';

const watermark = (timestampMs: number) => ({ kind: 'watermark', timestampMs }) as const;

it('gives every consumer every element, in order', async () => {
  const fan = new FanOut(10_000, 2);
  for (const time of [1, 2]) await fan.push(watermark(time));
  await fan.push({ kind: 'end' });

  for (const consumer of [0, 1]) {
    const reader = fan.reader(consumer);
    expect([await reader.pull(), await reader.pull(), await reader.pull()]).toEqual([
      watermark(1),
      watermark(2),
      { kind: 'end' },
    ]);
  }
});

it('makes the producer wait for the slowest consumer, and says whom it waits for', async () => {
  const fan = new FanOut(1000, 2);
  await fan.push(numbersBatch([1], 600));
  let pushed = false;
  fan.push(numbersBatch([2], 600)).then(() => {
    pushed = true;
  });
  const [fast, slow] = [fan.reader(0), fan.reader(1)];
  await fast.pull();
  await fast.pull();
  fast.pull();
  await promisesSettle();

  expect([pushed, fan.activity.isFull, fan.activity.hungry]).toEqual([false, true, [0]]);
  await slow.pull();
  slow.pull();
  await promisesSettle();
  expect(pushed).toBe(true);
});

it('goes on without a consumer that has closed, and is unneeded when all have', async () => {
  const fan = new FanOut(600, 2);
  let unneeded = 0;
  fan.onUnneeded(() => {
    unneeded += 1;
  });
  fan.reader(0).close();
  await fan.push(watermark(1));
  expect([await fan.reader(1).pull(), unneeded]).toEqual([watermark(1), 0]);
  fan.reader(1).close();

  expect(unneeded).toBe(1);
  await fan.push(watermark(2));
});

it('holds what lies in shared memory until the last consumer is done with it', async () => {
  const fan = new FanOut(1_000_000, 2);
  const { batch, messages } = shareBatch(numbersBatch([1, 2]));
  const holders = () => messages[0]!.holders;
  await fan.push(batch);
  const [first, second] = [fan.reader(0), fan.reader(1)];
  const before = holders();
  await first.pull();
  first.pull();
  await promisesSettle();
  const between = holders();
  await second.pull();
  second.pull();
  await promisesSettle();

  expect([before - between, between - holders()]).toEqual([1, 1]);
});

it('rejects all ends with the error it failed with', async () => {
  const fan = new FanOut(1, 2);
  const failure = new Error('stop');
  fan.fail(failure);

  await expect(fan.push(watermark(1))).rejects.toBe(failure);
  await expect(fan.reader(1).pull()).rejects.toBe(failure);
});
