import { describe, expect, it } from 'vitest';
import type { Bundle, BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import { RetryingStage, type RetryingStageOptions } from '../../../operators/retry/retrying-stage.js';
import { RowFailures } from '../../../operators/retry/row-failures.js';

const ANSWER: BundleResult = {
  batches: [],
  failedRows: [],
  timing: { waitingNs: 0, shippingNs: 0, pythonNs: [], returningNs: 0, totalNs: 0, calls: [], retries: [] },
};

/** A stage in workers that are worn after two bundles; what happens is noted. */
function inWornWorkers(changes: Partial<RetryingStageOptions> = {}) {
  const seen: string[] = [];
  let worker = 0;
  let answered = 0;
  const openIn = async (): Promise<FunctionStageHandle> => {
    const name = `w${++worker}`;
    answered = 0;
    seen.push(`open ${name}`);
    return {
      output: [],
      process: async ({ sequence }: Bundle) => {
        await Promise.resolve();
        answered += 1;
        seen.push(`${name} answers ${sequence}`);
        return ANSWER;
      },
      close: async () => void seen.push(`close ${name}`),
    };
  };
  const renewal = {
    isDue: () => answered >= 2,
    retire: async () => void seen.push(`retire w${worker}`),
  };
  const options: RetryingStageOptions = {
    stage: 's',
    openIn,
    policy: { mayReplay: true, isDivisible: true, isSearchable: true, givesUpRows: false },
    rows: new RowFailures({ onError: new Map(), columns: null }),
    group: null,
    openAgain: null,
    renewal,
    onRestart: () => undefined,
    ...changes,
  };
  return { seen, open: () => RetryingStage.open(options) };
}

const bundle = (sequence: number): Bundle => ({ sequence, rows: 1, groups: [], continued: false });

describe('a worker that has been used enough', () => {
  it('answers what it has, and a fresh one takes what comes behind', async () => {
    const { seen, open } = inWornWorkers();
    const stage = await open();

    await stage.process(bundle(0));
    await Promise.all([1, 2, 3].map((sequence) => stage.process(bundle(sequence))));
    await stage.process(bundle(4));
    await stage.close();

    expect(seen).toEqual([
      'open w1',
      'w1 answers 0',
      'w1 answers 1',
      'w1 answers 2',
      'w1 answers 3',
      'close w1',
      'retire w1',
      'open w2',
      'w2 answers 4',
      'close w2',
    ]);
  });

  it('stays where the stage remembers rows', async () => {
    const { seen, open } = inWornWorkers({ renewal: null });
    const stage = await open();

    for (let sequence = 0; sequence < 5; sequence++) await stage.process(bundle(sequence));

    expect(seen.filter((text) => text.startsWith('open'))).toEqual(['open w1']);
  });

  it('is not replaced once the stage is closed', async () => {
    const { seen, open } = inWornWorkers();
    const stage = await open();
    await stage.process(bundle(0));

    await Promise.all([stage.process(bundle(1)), stage.close()]);

    expect(seen).not.toContain('open w2');
  });
});
