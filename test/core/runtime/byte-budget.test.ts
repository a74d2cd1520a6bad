import { expect, it } from 'vitest';
import { ByteBudget } from '../../../core/index.js';
import { promisesSettle } from '../../support/manual-clock.js';

it('lends up to its capacity and makes the next one wait until something is given back', async () => {
  const budget = new ByteBudget(100);
  const first = await budget.acquire(60);
  let second = false;
  budget.acquire(60).then(() => {
    second = true;
  });
  await promisesSettle();
  expect([second, budget.usedBytes, budget.isBlocking]).toEqual([false, 60, true]);

  first.release();
  await promisesSettle();

  expect([second, budget.usedBytes, budget.isBlocking]).toEqual([true, 60, false]);
});

it('serves those who wait in the order of asking, even where a later one would fit', async () => {
  const budget = new ByteBudget(100);
  const first = await budget.acquire(50);
  const served: string[] = [];
  budget.acquire(80).then(() => served.push('large'));
  budget.acquire(10).then(() => served.push('small'));
  await promisesSettle();
  expect(served).toEqual([]);

  first.release();
  await promisesSettle();

  expect(served).toEqual(['large', 'small']);
});

it('lets one lease larger than the whole budget pass when nothing else is lent', async () => {
  const budget = new ByteBudget(100);

  const lease = await budget.acquire(1000);

  expect(budget.usedBytes).toBe(1000);
  lease.release();
  lease.release();
  expect(budget.usedBytes).toBe(0);
});

it('lets as many leases pass as it was told to, whatever they weigh', async () => {
  const budget = new ByteBudget(100, 2);
  let third = false;
  const first = await budget.acquire(1000);
  await budget.acquire(1000);
  budget.acquire(1).then(() => {
    third = true;
  });
  await promisesSettle();
  expect(third).toBe(false);

  first.release();
  await promisesSettle();

  expect(third).toBe(true);
});

it('counts a resized lease at its new size and wakes those who fit then', async () => {
  const budget = new ByteBudget(100);
  const lease = await budget.acquire(90);
  let waiting = true;
  budget.acquire(50).then(() => {
    waiting = false;
  });

  lease.resize(120);
  await promisesSettle();
  expect([budget.usedBytes, waiting]).toEqual([120, true]);
  lease.resize(50);
  await promisesSettle();

  expect([budget.usedBytes, waiting]).toEqual([100, false]);
});

it('rejects those who wait, and those who ask later, with the error it failed with', async () => {
  const budget = new ByteBudget(10);
  await budget.acquire(10);
  const waiting = budget.acquire(1);
  const failure = new Error('stop');

  budget.fail(failure);

  await expect(waiting).rejects.toBe(failure);
  await expect(budget.acquire(1)).rejects.toBe(failure);
});
