import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../core/index.js';
import { ResultQueue } from '../../../operators/sinks/result-queue.js';

const batch = (rows: number): Batch => ({ kind: 'batch', rows, groups: [], continued: false });

describe('ResultQueue', () => {
  it('holds the job back until the reader has taken the batch', async () => {
    const queue = new ResultQueue();
    let taken = false;
    const put = queue.put(batch(1)).then(() => {
      taken = true;
    });
    await Promise.resolve();
    const before = taken;

    const { value } = await queue.next();
    await put;

    expect(before).toBe(false);
    expect(value).toEqual(batch(1));
  });

  it('hands over what waits before it reports the end', async () => {
    const queue = new ResultQueue();
    void queue.put(batch(1));
    queue.finish();

    const results = [await queue.next(), await queue.next()];

    expect(results.map((result) => result.done)).toEqual([false, true]);
  });

  it('throws the error of the job to the reader', async () => {
    const queue = new ResultQueue();
    const next = queue.next();

    queue.finish(new Error('the worker died'));

    await expect(next).rejects.toThrow('the worker died');
    await expect(queue.next()).rejects.toThrow('the worker died');
  });

  it('tells the job when the reader leaves early, and takes no more batches', async () => {
    const queue = new ResultQueue();
    let abandoned = 0;
    queue.onAbandoned(() => abandoned++);
    const waiting = queue.put(batch(1));

    await queue.return();
    await waiting;
    await queue.put(batch(2));

    expect(abandoned).toBe(1);
    expect((await queue.next()).done).toBe(true);
  });
});
