import { describe, expect, it } from 'vitest';
import { BatchQueue } from '../../bridge/batch-queue.js';
import type { SequencedBatch } from '../../bridge/index.js';

const batch = (sequence: number): SequencedBatch => ({
  kind: 'batch',
  rows: 1,
  groups: [],
  continued: false,
  sequence,
});

describe('the output of a relational stage', () => {
  it('comes in order, whether the reader or the batch is first', async () => {
    const queue = new BatchQueue(() => undefined);
    const early = queue.next();
    queue.push(batch(0));
    queue.push(batch(1));
    queue.end();

    expect((await early).value).toMatchObject({ sequence: 0 });
    expect((await queue.next()).value).toMatchObject({ sequence: 1 });
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it('says which batch was taken', async () => {
    const taken: number[] = [];
    const queue = new BatchQueue(({ sequence }) => taken.push(sequence));
    queue.push(batch(0));
    queue.push(batch(1));

    await queue.next();
    await queue.next();

    expect(taken).toEqual([0, 1]);
  });

  it('fails at once, without the batches that wait', async () => {
    const queue = new BatchQueue(() => undefined);
    queue.push(batch(0));

    queue.fail(new Error('dead'));

    await expect(queue.next()).rejects.toThrow('dead');
  });

  it('has one reader at a time', async () => {
    const queue = new BatchQueue(() => undefined);
    const first = queue.next();

    await expect(queue.next()).rejects.toThrow(/one reader/);
    queue.end();
    await first;
  });
});
