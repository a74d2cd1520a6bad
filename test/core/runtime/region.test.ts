import { describe, expect, it } from 'vitest';
import {
  type Batch,
  DEFAULT_JOB_OPTIONS,
  Job,
  type JobOptions,
  type Operator,
  type SourceOperator,
  type StageGraph,
} from '../../../core/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch, numbersOf } from '../../support/test-batch.js';
import { CollectSink, PassOperator, TestOperator, TestSource } from '../../support/test-operators.js';

describe('stages that are run again', () => {
  it('get new operators, and nothing of the attempt before', async () => {
    const { job, made, files, run } = setUp(['a -> b', 'b -> c'], { b: failsOnceAt(3) });

    await run();

    expect(sinkOf(made, 'c').values).toEqual([0, 1, 2, 3, 4]);
    expect(made.get('c')).toHaveLength(2);
    expect(closedTwice(made)).toEqual([1, 1]);
    expect(job.metrics.get('a')).toMatchObject({ rowsOut: 5 });
    expect(files.open).toBe(0);
  });

  it('read a spill file again whose stages go on untouched', async () => {
    const lines = ['a -> left', 'a -> right', 'left right -> c'];
    const { made, files, run } = setUp(lines, { left: failsOnceAt(2) }, ['a']);

    await run();

    expect(sinkOf(made, 'c').values.sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect([made.get('a')!.length, made.get('left')!.length, made.get('right')!.length]).toEqual([1, 2, 2]);
    expect(files.open).toBe(0);
  });

  it('write their spill file anew, of which nobody has read anything', async () => {
    const lines = ['a -> b', 'b -> left', 'b -> right'];
    const { made, files, run } = setUp(lines, { b: failsOnceAt(3) }, ['b']);

    await run();

    expect([sinkOf(made, 'left').values, sinkOf(made, 'right').values]).toEqual([FIVE, FIVE]);
    expect([made.get('b')!.length, made.get('left')!.length]).toEqual([2, 1]);
    expect(files.open).toBe(0);
  });

  it('leave other regions of the job alone', async () => {
    const { made, run } = setUp(['a -> b', 'b -> c', 'd -> e'], { b: failsOnceAt(3) });

    await run();

    expect([sinkOf(made, 'c').values, sinkOf(made, 'e').values]).toEqual([FIVE, FIVE]);
    expect(made.get('e')).toHaveLength(1);
  });

  it('are told to the decision with what cannot be undone', async () => {
    const told: (string | null)[] = [];
    const { run } = setUp(['a -> b', 'b -> c'], { b: failsOnceAt(3), c: () => new PrintingSink() }, [], {
      decide: ({ error, whyNot }) => {
        told.push(whyNot);
        return { error };
      },
    });

    await expect(run()).rejects.toThrow('failed as the test asked');

    expect(told).toEqual(['rows have been printed']);
  });

  it('are not run again when the job is cancelled meanwhile', async () => {
    const abort = new AbortController();
    const { job, made, run } = setUp(['a -> b', 'b -> c'], { b: failsOnceAt(3) }, [], {
      signal: abort.signal,
      decide: () => {
        queueMicrotask(() => abort.abort());
        return 'again';
      },
    });

    await expect(run()).rejects.toMatchObject({ code: 'JOB_CANCELLED' });

    expect([job.state, made.get('b')!.length]).toEqual(['cancelled', 1]);
  });

  it('give up the checkpoint that they were to take part in', async () => {
    let refused: unknown = null;
    const { job, run } = setUp(['a -> b', 'b -> c'], { b: failsOnceAt(3) }, [], {
      decide: () => {
        job.checkpoint().catch((error: unknown) => {
          refused = error;
        });
        return 'again';
      },
    });

    await run();

    expect(refused).toMatchObject({ code: 'CHECKPOINT_REFUSED' });
  });
});

const FIVE = [0, 1, 2, 3, 4];

type Made = ReadonlyMap<string, readonly (Operator | SourceOperator)[]>;

/** Sources of five batches, sinks that collect, and between them operators that hand on; others by stage. */
function setUp(
  lines: readonly string[],
  others: Readonly<Record<string, () => Operator>>,
  spilled: readonly string[] = [],
  options: Partial<JobOptions> = {},
) {
  const clock = new ManualClock();
  const files = new MemorySpillFiles();
  const graph: StageGraph = graphOf(lines, spilled);
  const made = new Map<string, (Operator | SourceOperator)[]>();
  const job = new Job(
    graph,
    {
      create: ({ id, inputs, output }) => {
        const usual =
          inputs.length === 0 ? fiveBatches(clock) : output === null ? new CollectSink() : new PassOperator();
        const operator = others[id]?.() ?? usual;
        made.set(id, [...(made.get(id) ?? []), operator]);
        return operator;
      },
    },
    { clock, timers: clock, spillFiles: files },
    { ...DEFAULT_JOB_OPTIONS, decide: () => 'again', ...options },
  );
  return { job, made, files, clock, run: () => clock.runUntil(job.run()) };
}

function fiveBatches(clock: ManualClock): TestSource {
  return new TestSource(
    FIVE.map((value) => numbersBatch([value])),
    () => clock.sleep(1),
  );
}

/** Fails once, at the batch with that number. */
function failsOnceAt(value: number): () => Operator {
  let hasFailed = false;
  return () =>
    new (class extends PassOperator {
      override async processBatch(batch: Batch): Promise<void> {
        if (!hasFailed && numbersOf(batch).includes(value)) {
          hasFailed = true;
          throw new Error('failed as the test asked');
        }
        await super.processBatch(batch);
      }
    })();
}

class PrintingSink extends TestOperator {
  async processBatch(): Promise<void> {}

  whyNotAgain(): string {
    return 'rows have been printed';
  }
}

function sinkOf(made: Made, id: string): CollectSink {
  return made.get(id)!.at(-1) as CollectSink;
}

function closedTwice(made: Made): number[] {
  return made.get('b')!.map((operator) => (operator as PassOperator).closed);
}
