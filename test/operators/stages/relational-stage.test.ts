import { expect, it } from 'vitest';
import type { RelationalStageHandle, SequencedBatch, Worker } from '../../../bridge/index.js';
import {
  type Barrier,
  DEFAULT_JOB_OPTIONS,
  Job,
  type Operator,
  type OperatorContext,
  type SourceOperator,
  type StreamElement,
} from '../../../core/index.js';
import { type OpenRelational, RelationalOperator } from '../../../operators/stages/relational-stage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch } from '../../support/test-batch.js';
import { CollectSink, PassOperator, TestSource } from '../../support/test-operators.js';

it('stops what is before it once its query has ended, as one with LIMIT does', async () => {
  const clock = new ManualClock();
  const source = new TestSource(Array.from({ length: 1_000 }, (_, i) => numbersBatch([i])));
  const sink = new CollectSink();
  const operators = new Map<string, Operator | SourceOperator>([
    ['rows', source],
    ['python', new PassOperator()],
    ['limit', new RelationalOperator(firstBatchOnly, 1, false)],
    ['sink', sink],
  ]);
  const job = new Job(
    graphOf(['rows -> python', 'python -> limit', 'limit -> sink']),
    { create: (stage) => operators.get(stage.id)! },
    { clock, timers: clock, spillFiles: new MemorySpillFiles() },
    { ...DEFAULT_JOB_OPTIONS, edgeBytes: () => 1 },
  );

  await clock.runUntil(job.run());

  expect(sink.values).toEqual([0]);
  expect(job.metrics.get('rows')!.rowsOut).toBeLessThan(100);
});

it('keeps batches apart by what stands between them, which leaves behind the answer to all before it', async () => {
  const sent: [sequence: number, mayJoin: boolean][] = [];
  const answers = new TransformStream<SequencedBatch, SequencedBatch>();
  const answering = answers.writable.getWriter();
  const open: OpenRelational = async () => {
    const stage = {
      send: async (_: number, __: unknown, mayJoin: boolean) => sent.push([sent.length, mayJoin]) - 1,
      endInput: async () => answering.close(),
      batches: () => answers.readable.values(),
      statistics: Promise.resolve({ written: 0 }),
    };
    return { worker: {} as Worker, stage: stage as unknown as RelationalStageHandle, close: async () => {} };
  };
  const emitted: string[] = [];
  const emit = async (element: StreamElement) => {
    emitted.push(element.kind === 'batch' ? `batch ${(element as SequencedBatch).sequence}` : element.kind);
  };
  const context = {
    output: { emit },
    metrics: { rowsOut: 0 },
    signal: new AbortController().signal,
    acknowledge: () => {},
    stopInputs: () => {},
    fail: (error: unknown) => expect.unreachable(String(error)),
  } as unknown as OperatorContext;
  const operator = new RelationalOperator(open, 1, true);
  await operator.open(context);
  const row = numbersBatch([1]);

  await operator.processBatch(row, 0);
  await operator.processBatch(row, 0);
  await operator.processWatermark({ kind: 'watermark', timestampMs: 1 });
  await operator.processBatch(row, 0);
  await operator.processBatch(row, 0);
  await operator.snapshot({ kind: 'barrier', checkpointId: 1 } as Barrier);
  await operator.processBatch(row, 0);
  for (const sequence of [1, 3, 4]) void answering.write({ ...row, sequence });
  await operator.endInput(0);

  expect(sent.map(([, mayJoin]) => mayJoin)).toEqual([false, true, false, true, false]);
  expect(emitted).toEqual(['batch 1', 'watermark', 'batch 3', 'barrier', 'batch 4']);
});

/** A query that answers with the first batch it gets and needs no other. */
const firstBatchOnly: OpenRelational = async () => {
  let receive: (batch: SequencedBatch) => void;
  const first = new Promise<SequencedBatch>((resolve) => {
    receive = resolve;
  });
  const stage: Pick<RelationalStageHandle, 'send' | 'endInput' | 'batches' | 'statistics' | 'cancel'> = {
    send: async (_, batch) => {
      receive({ ...batch, sequence: 0 });
      return 0;
    },
    endInput: async () => {},
    batches: async function* () {
      yield await first;
    },
    statistics: Promise.resolve({ rows: 1, batches: 1, bytes: 8, queryNs: 0, encodeNs: 0, written: 0 }),
    cancel: async () => {},
  };
  return { worker: {} as Worker, stage: stage as RelationalStageHandle, close: async () => {} };
};
