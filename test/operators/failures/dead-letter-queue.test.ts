import { expect, it } from 'vitest';
import type { DeadLetter } from '../../../operators/failures/dead-letter.js';
import { DeadLetterQueue } from '../../../operators/failures/dead-letter-queue.js';

const letter = (message: string) => ({ message }) as DeadLetter;

it('lets a writer go on only when its letters are taken', async () => {
  const queue = new DeadLetterQueue('failed');
  const done: string[] = [];
  const first = queue.write([letter('a')]).then(() => done.push('a'));
  const second = queue.write([letter('b')]).then(() => done.push('b'));

  expect(await queue.take()).toEqual([letter('a')]);
  await first;
  expect(done).toEqual(['a']);

  expect(await queue.take()).toEqual([letter('b')]);
  await second;
  expect(done).toEqual(['a', 'b']);
});

it('gives what waits before it ends', async () => {
  const queue = new DeadLetterQueue('failed');
  const written = queue.write([letter('a')]);
  queue.end();

  expect(await queue.take()).toEqual([letter('a')]);
  expect(await queue.take()).toBeNull();
  await written;
});

it('lets writers go on where nobody reads any more', async () => {
  const queue = new DeadLetterQueue('failed');
  const written = queue.write([letter('a')]);

  queue.abandon();

  await written;
  await queue.write([letter('b')]);
  expect(await queue.take()).toBeNull();
});
