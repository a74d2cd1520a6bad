/** A worker has its next bundle before it answers the one it works on: an iterator of batches never waits for it. */
import { expect, it } from 'vitest';
import type { Bundle, BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import type { Batch, OperatorContext, PythonStage } from '../../../core/index.js';
import type { FailedRows } from '../../../operators/failures/failed-rows.js';
import { PythonOperator } from '../../../operators/stages/python-stage.js';
import { StageCalls } from '../../../operators/stages/stage-calls.js';
import { ManualClock } from '../../support/manual-clock.js';

it('two bundles for each worker are on their way even where the memory is full with one', async () => {
  const sent: number[] = [];
  const handle = {
    output: [],
    process: (bundle: Bundle) => {
      sent.push(bundle.sequence);
      return new Promise<BundleResult>(() => {});
    },
    close: async () => {},
  } satisfies FunctionStageHandle;
  const stage = { steps: [], parallelism: 1, shippedGroups: [0], keptGroups: [], anyOrder: false };
  const calls = new StageCalls(
    stage as unknown as PythonStage,
    async () => ({ handle, retire: async () => {} }),
    { stageMade: () => {} } as unknown as FailedRows,
    new ManualClock(),
  );
  const operator = new PythonOperator(stage as unknown as PythonStage, calls);
  const signal = new AbortController().signal;
  await operator.open({ bufferBytes: 1, signal, fail: () => {} } as unknown as OperatorContext);

  const taken = [0, 1, 2].map(() => operator.processBatch(batchOf(1_000)));
  await Promise.all(taken.slice(0, 2));

  expect(sent).toEqual([0, 1]);
});

function batchOf(bytes: number): Batch {
  const group = {
    schema: 1,
    message: new Uint8Array(bytes),
    shared: null,
    messageRows: 1,
    selection: null,
  };
  return { kind: 'batch', rows: 1, groups: [group], continued: false };
}
