import { expect, it } from 'vitest';
import type { Bundle, BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import { UnfinishedGroup } from '../../../operators/retry/unfinished-group.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { numbersBatch, numbersOf } from '../../support/test-batch.js';

const TIMING = {
  waitingNs: 0,
  shippingNs: 0,
  pythonNs: [],
  returningNs: 0,
  totalNs: 0,
  calls: [],
  retries: [],
};

function bundle(values: readonly number[], continued: boolean): Bundle {
  const { rows, groups } = numbersBatch(values);
  return { sequence: 0, rows, groups, continued };
}

function answerOf(rows: number): BundleResult {
  return { batches: [{ rows, group: null, rowSelection: null }], failedRows: [], timing: TIMING };
}

/** A worker that notes what it is given, and answers each bundle with `rows` rows. */
function worker(rows: number) {
  const given: number[][] = [];
  const handle: FunctionStageHandle = {
    output: [],
    process: async ({ rows: count, groups, continued }) => {
      given.push(numbersOf({ kind: 'batch', rows: count, groups, continued }));
      return answerOf(rows);
    },
    close: async () => {},
  };
  return { given, handle };
}

it('gives a fresh worker the group so far, in order, as often as one is needed', async () => {
  const group = new UnfinishedGroup('s', new MemorySpillFiles());
  await group.processed(bundle([1, 2], true), answerOf(0));
  const [first, second] = [worker(0), worker(0)];

  await group.replay(first.handle);
  await group.processed(bundle([3], true), answerOf(0));
  await group.replay(second.handle);

  expect(first.given).toEqual([[1, 2]]);
  expect(second.given).toEqual([[1, 2], [3]]);
});

it('forgets a group at its end', async () => {
  const group = new UnfinishedGroup('s', new MemorySpillFiles());
  await group.processed(bundle([1], true), answerOf(0));
  await group.processed(bundle([2], false), answerOf(1));
  const { given, handle } = worker(0);

  await group.replay(handle);

  expect(given).toEqual([]);
});

it('refuses answers that differ from those passed on', async () => {
  const group = new UnfinishedGroup('s', new MemorySpillFiles());
  await group.processed(bundle([1, 2], true), answerOf(5));

  await expect(group.replay(worker(4).handle)).rejects.toMatchObject({
    code: 'REPLAY_DIFFERS',
    message: expect.stringContaining('answered with 4 rows where it had answered with 5'),
  });
});
