import { describe, expect, it } from 'vitest';
import type { Bundle, BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import { WorkerError } from '../../../core/index.js';
import { NO_TIME } from '../../../operators/retry/poisoned-bundle.js';
import type { OnError } from '../../../operators/retry/retry-decision.js';
import { RetryingStage } from '../../../operators/retry/retrying-stage.js';
import { type BundleRows, RowFailures } from '../../../operators/retry/row-failures.js';
import { UnfinishedGroup } from '../../../operators/retry/unfinished-group.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { numbersBatch, numbersOf } from '../../support/test-batch.js';

/** Sums numbers in groups of ten; a worker dies at 13, and at the value of the group of the fifties. */
function summing(onError: OnError) {
  const workers: Sums[] = [];
  const begin = async () => {
    workers.push(new Sums(`w${workers.length + 1}`));
    return workers.at(-1)!;
  };
  const stage = RetryingStage.open({
    stage: 's',
    openIn: begin,
    openAgain: begin,
    policy: {
      mayReplay: true,
      isDivisible: false,
      isSearchable: true,
      givesUpRows: onError !== 'fail',
    },
    rows: new RowFailures({ onError: new Map([['f', onError]]), columns: COLUMNS }),
    group: new UnfinishedGroup('s', new MemorySpillFiles()),
    renewal: null,
    onRestart: () => undefined,
  });
  return { stage, workers };
}

class Sums implements FunctionStageHandle {
  readonly output = [];
  /** Sums of the groups that have ended. */
  readonly sums: number[] = [];
  willBeKilled = false;
  #open: number | null = null;

  constructor(private readonly name: string) {}

  async process(bundle: Bundle, notCalled?: string): Promise<BundleResult> {
    const { sequence, rows, continued } = bundle;
    const values = valuesOf(bundle);
    const death = (code: string) =>
      new WorkerError(code, `Worker ${this.name} died.`, { details: { stage: 's', bundle: sequence } });
    if (this.willBeKilled) throw death('WORKER_KILLED');
    const ended: number[] = [];
    values.forEach((value, i) => {
      this.#open ??= 0;
      if (notCalled === undefined) {
        if (value === 13) throw death('WORKER_CRASH');
        this.#open += value;
      }
      const isLast = i + 1 === rows ? !continued : groupOf(values[i + 1]!) !== groupOf(value);
      if (!isLast) return;
      if (groupOf(value) === 5) throw death('WORKER_CRASH');
      this.sums.push(this.#open);
      this.#open = null;
      ended.push(i);
    });
    const rowSelection = Int32Array.from(ended);
    const batches = [{ rows: ended.length, group: null, rowSelection }];
    return { batches, failedRows: [], timing: NO_TIME };
  }

  async close(): Promise<void> {}
}

const groupOf = (value: number) => Math.floor(value / 10);
const valuesOf = ({ rows, groups }: Bundle) => {
  const { messageRows, selection } = groups[0]!;
  const all = numbersOf({ kind: 'batch', rows: messageRows, groups, continued: false });
  return Array.from({ length: rows }, (_, i) => all[selection === null ? i : selection[i]!]!);
};
const COLUMNS: BundleRows = {
  describe: async (bundle, row) => ({ n: String(valuesOf(bundle)[row]) }),
  describeKey: async (bundle, row) => [String(groupOf(valuesOf(bundle)[row]!))],
  beginsGroup: async (bundle, row) => {
    const values = valuesOf(bundle);
    return groupOf(values[row]!) !== groupOf(values[row - 1]!);
  },
};

let sequence = 0;
const bundle = (values: readonly number[], continued = false): Bundle => {
  const { rows, groups } = numbersBatch(values);
  return { sequence: sequence++, rows, groups, continued };
};
const selectionsOf = ({ batches }: BundleResult) =>
  batches.flatMap((part) => ('load' in part ? [] : [...part.rowSelection!]));

describe('a bundle of groups with a row that ends its worker', () => {
  it('is answered without that row, which is told with its values', async () => {
    const { stage, workers } = summing('skip');

    const result = await (await stage).process(bundle([1, 2, 11, 13, 14, 21]));

    expect(selectionsOf(result)).toEqual([1, 4, 5]);
    expect(workers.at(-1)!.sums).toEqual([3, 25, 21]);
    expect(result.failedRows).toMatchObject([
      { row: 3, function: 'f', code: 'WORKER_CRASH', values: { n: '13' }, attempt: 3 },
    ]);
  });

  it('keeps the group, where that was its only row', async () => {
    const { stage, workers } = summing('skip');

    const result = await (await stage).process(bundle([1, 13, 21]));

    expect(selectionsOf(result)).toEqual([0, 1, 2]);
    expect(workers.at(-1)!.sums).toEqual([1, 0, 21]);
  });

  it('goes on in the next bundle, and does without the row when a fresh worker gets it again', async () => {
    const { stage, workers } = summing('skip');
    const open = await stage;

    await open.process(bundle([11, 12], true));
    await open.process(bundle([13, 14], true));
    workers.at(-1)!.willBeKilled = true;
    const result = await open.process(bundle([15, 21]));

    expect(selectionsOf(result)).toEqual([0, 1]);
    expect(workers.at(-1)!.sums).toEqual([52, 21]);
    expect(result.failedRows).toEqual([]);
  });

  it('fails the job where the function gives no rows up: with row and group', async () => {
    const { stage } = summing('fail');

    await expect((await stage).process(bundle([1, 12, 13, 14]))).rejects.toMatchObject({
      code: 'WORKER_CRASH',
      message: expect.stringMatching(
        /died\. It was function f on row 2 of the bundle, in group \(1\): \(n=13\)\.$/,
      ),
      details: { row: 2, values: { n: '13' } },
    });
  });

  it('fails the job where the value of a group ends the worker, whatever its rows', async () => {
    const { stage } = summing('skip');

    await expect((await stage).process(bundle([1, 51, 52, 61]))).rejects.toMatchObject({
      code: 'WORKER_CRASH',
      message: expect.stringMatching(
        /died\. No row did it, but the value of group \(5\), which ends at row 2 of the bundle\.$/,
      ),
    });
  });
});
