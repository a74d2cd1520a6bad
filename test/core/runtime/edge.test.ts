import { expect, it } from 'vitest';
import { Edge } from '../../../core/runtime/edge.js';
import { promisesSettle } from '../../support/manual-clock.js';
import { shareBatch } from '../../support/shared-batch.js';
import { numbersBatch } from '../../support/test-batch.js';

it('makes the producer wait when its credits are used, until the consumer asks for the element after', async () => {
  const edge = new Edge(1000);
  await edge.push(numbersBatch([1], 600));
  let pushed = false;
  edge.push(numbersBatch([2], 600)).then(() => {
    pushed = true;
  });

  await edge.pull();
  await promisesSettle();
  expect(pushed).toBe(false);
  const second = edge.pull();
  await promisesSettle();

  expect(pushed).toBe(true);
  expect(await second).toMatchObject({ kind: 'batch', rows: 1 });
});

it('hands an element to a consumer that waits for it', async () => {
  const edge = new Edge(1000);
  const waiting = edge.pull();
  expect(edge.activity.hungry).toEqual([0]);

  await edge.push({ kind: 'watermark', timestampMs: 5 });

  expect(await waiting).toEqual({ kind: 'watermark', timestampMs: 5 });
});

it('counts what moves the job on, not the markers that come by the clock', async () => {
  const edge = new Edge(10_000);
  for (const miniBatch of [1, 2, 3]) {
    await edge.push({ kind: 'watermark', timestampMs: Number.NEGATIVE_INFINITY, miniBatch });
    await edge.pull();
  }
  expect(edge.activity.moved).toBe(0);

  await edge.push({ kind: 'watermark', timestampMs: 5 });
  await edge.pull();

  expect(edge.activity.moved).toBe(2);
});

it('rejects both ends with the error it failed with, also later', async () => {
  const edge = new Edge(1);
  await edge.push(numbersBatch([1]));
  const waiting = edge.push(numbersBatch([2]));
  const failure = new Error('stop');

  edge.fail(failure);

  await expect(waiting).rejects.toBe(failure);
  await expect(edge.pull()).rejects.toBe(failure);
  await expect(edge.push(numbersBatch([3]))).rejects.toBe(failure);
});

it('takes and drops everything once its consumer has closed, and tells the producer', async () => {
  const edge = new Edge(1);
  let unneeded = 0;
  edge.onUnneeded(() => {
    unneeded += 1;
  });
  await edge.push(numbersBatch([1]));
  const waiting = edge.push(numbersBatch([2]));

  edge.close();

  await waiting;
  await edge.push(numbersBatch([3]));
  expect(await edge.pull()).toEqual({ kind: 'end' });
  expect([unneeded, edge.activity.usedBytes]).toEqual([1, 0]);
});

it('does not call a producer unneeded that has already ended', async () => {
  const edge = new Edge(1000);
  let unneeded = 0;
  edge.onUnneeded(() => {
    unneeded += 1;
  });
  await edge.push({ kind: 'end' });
  await edge.pull();

  edge.close();

  expect(unneeded).toBe(0);
});

it('holds a batch in shared memory from its push until the consumer asks for the element after', async () => {
  const edge = new Edge(1 << 20);
  const { batch, messages } = shareBatch(numbersBatch([1]));
  await edge.push(batch);
  await edge.push({ kind: 'watermark', timestampMs: 1 });
  expect(messages[0]!.holders).toBe(2);

  await edge.pull();
  expect(messages[0]!.holders).toBe(2);
  await edge.pull();

  expect(messages[0]!.holders).toBe(1);
});

it.each(['close', 'fail'] as const)('lets go of what waits in shared memory on %s', async (how) => {
  const edge = new Edge(1 << 20);
  const { batch, messages } = shareBatch(numbersBatch([1]));
  await edge.push(batch);

  if (how === 'close') edge.close();
  else edge.fail(new Error('stop'));

  expect(messages[0]!.holders).toBe(1);
});
