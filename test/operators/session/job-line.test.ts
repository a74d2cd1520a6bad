import { expect, it } from 'vitest';
import { JobLine } from '../../../operators/session/job-line.js';
import { promisesSettle } from '../../support/manual-clock.js';

const never = new AbortController().signal;

it('serves jobs in the order of asking, also where a later one would fit', async () => {
  const line = new JobLine();
  let free = 400;
  const served: string[] = [];
  const ask = (name: string, amount: number, signal = never) =>
    line.enter(async () => {
      if (amount > free) return null;
      free -= amount;
      served.push(name);
      return name;
    }, signal);
  const stop = new AbortController();
  const given = ask('given up', 900, stop.signal);
  ask('large', 500);
  ask('small', 100);
  await promisesSettle();
  expect(served).toEqual([]);

  stop.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  await promisesSettle();
  expect(served).toEqual([]);
  free += 200;
  line.change();
  await promisesSettle();

  expect(served).toEqual(['large', 'small']);
});

it('lets those behind go on when one fails', async () => {
  const line = new JobLine();
  const failing = line.enter(() => Promise.reject(new Error('too much')), never);
  const next = line.enter(async () => 'served', never);

  await expect(failing).rejects.toThrow('too much');
  expect(await next).toBe('served');
});
