import { expect, it } from 'vitest';
import { type Batch, ReorderBuffer } from '../../../core/index.js';
import { type Deferred, deferred } from '../../../core/runtime/deferred.js';
import { promisesSettle } from '../../support/manual-clock.js';
import { numbersBatch, numbersOf } from '../../support/test-batch.js';

it('emits results in the order of submission when works finish in another', async () => {
  const { buffer, emitted, work } = setUp(100_000);
  const [a, b] = [work(), work()];
  await buffer.submit(10, a.start);
  await buffer.submit(10, b.start);

  b.done.resolve([numbersBatch([2])]);
  await promisesSettle();
  expect(emitted).toEqual([]);
  a.done.resolve([numbersBatch([0]), numbersBatch([1])]);
  await buffer.drain();

  expect(emitted).toEqual([0, 1, 2]);
});

it('runs a mark after the results before it, without waiting for work behind it', async () => {
  const { buffer, emitted, work } = setUp(100_000);
  const [before, behind] = [work(), work()];
  await buffer.submit(10, before.start);
  await buffer.mark(async () => void emitted.push('mark'));
  await buffer.submit(10, behind.start);
  await promisesSettle();
  expect(emitted).toEqual([]);

  before.done.resolve([numbersBatch([1])]);
  await promisesSettle();

  expect(emitted).toEqual([1, 'mark']);
});

it('emits results as they are ready where any order will do, but none across a mark', async () => {
  const { buffer, emitted, work } = setUp(100_000, 5, true);
  const [first, second, behind] = [work(), work(), work()];
  await buffer.submit(10, first.start);
  await buffer.submit(10, second.start);
  await buffer.mark(async () => void emitted.push('mark'));
  await buffer.submit(10, behind.start);

  behind.done.resolve([numbersBatch([3])]);
  second.done.resolve([numbersBatch([2])]);
  await promisesSettle();
  expect(emitted).toEqual([2]);
  first.done.resolve([numbersBatch([1])]);
  await buffer.drain();

  expect(emitted).toEqual([2, 1, 'mark', 3]);
});

it('starts no more work than its bytes allow, counting outputs that wait for a slow head of line', async () => {
  const { buffer, work } = setUp(3000, 2);
  const [head, second, third] = [work(), work(), work()];
  await buffer.submit(500, head.start);
  await buffer.submit(500, second.start);
  second.done.resolve([numbersBatch([2], 1500)]);
  await promisesSettle();

  const waiting = buffer.submit(500, third.start);
  await promisesSettle();
  expect(third.started).toBe(false);
  head.done.resolve([]);
  await waiting;

  expect(third.started).toBe(true);
});

it('learns from outputs how much work fits, and starts few before it has seen one', async () => {
  const { buffer, work } = setUp(10_000, 2);
  const works = Array.from({ length: 5 }, () => work());
  const submitted = works.map((each) => buffer.submit(100, each.start));
  const started = async () => {
    await promisesSettle();
    return works.filter((each) => each.started).length;
  };

  expect(await started()).toBe(2);
  works[1]!.done.resolve([numbersBatch([1], 4000)]);
  expect(await started()).toBe(2);
  works[0]!.done.resolve([numbersBatch([0], 4000)]);
  // The first two have gone, and two outputs of such a size fit.
  expect(await started()).toBe(4);
  works[2]!.done.resolve([]);
  expect(await started()).toBe(5);
  works[3]!.done.resolve([]);
  works[4]!.done.resolve([]);
  await Promise.all(submitted);
  await buffer.drain();
});

it('fails everybody who waits with the first failure, and emits nothing after it', async () => {
  const { buffer, emitted, errors, work } = setUp(1000, 1);
  const [a, b] = [work(), work()];
  await buffer.submit(10, a.start);
  const waiting = buffer.submit(10_000, b.start);
  const drained = buffer.drain();
  const failure = new Error('stop');

  a.done.reject(failure);

  await expect(waiting).rejects.toBe(failure);
  await expect(drained).rejects.toBe(failure);
  await expect(buffer.submit(1, work().start)).rejects.toBe(failure);
  expect([emitted, errors, b.started]).toEqual([[], [failure], false]);
});

it('reports a failure of emit as its own', async () => {
  const failure = new Error('downstream');
  const errors: unknown[] = [];
  const buffer = new ReorderBuffer({
    capacityBytes: 1000,
    leastInFlight: 1,
    emit: () => Promise.reject(failure),
    onError: (error) => errors.push(error),
  });

  await buffer.submit(1, async () => [numbersBatch([1])]);

  await expect(buffer.drain()).rejects.toBe(failure);
  expect(errors).toEqual([failure]);
});

interface Work {
  readonly start: () => Promise<readonly Batch[]>;
  readonly done: Deferred<readonly Batch[]>;
  started: boolean;
}

function setUp(capacityBytes: number, leastInFlight = 3, anyOrder = false) {
  const emitted: unknown[] = [];
  const errors: unknown[] = [];
  const buffer = new ReorderBuffer({
    capacityBytes,
    leastInFlight,
    anyOrder,
    emit: async (batch) => void emitted.push(...numbersOf(batch)),
    onError: (error) => errors.push(error),
  });
  const work = (): Work => {
    const done = deferred<readonly Batch[]>();
    const own: Work = {
      done,
      started: false,
      start: () => {
        own.started = true;
        return done.promise;
      },
    };
    return own;
  };
  return { buffer, emitted, errors, work };
}
