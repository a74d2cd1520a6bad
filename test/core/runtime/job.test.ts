import { describe, expect, it } from 'vitest';
import {
  type Batch,
  CancelledError,
  DEFAULT_JOB_OPTIONS,
  Job,
  type JobOptions,
  type Operator,
  runJob,
  type SourceOperator,
  type StageGraph,
} from '../../../core/index.js';
import { FakePool } from '../../support/fake-pool.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { snapshotText } from '../../support/snapshot-text.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch } from '../../support/test-batch.js';
import {
  CollectSink,
  PassOperator,
  PooledOperator,
  TestOperator,
  TestSource,
} from '../../support/test-operators.js';

describe('a job', () => {
  it('runs a chain to its end and counts what went through each stage', async () => {
    const sink = new CollectSink();
    const { clock, ports } = setUp();
    const operators = { a: sourceOf(3), b: new PassOperator(), c: sink };

    const metrics = await clock.runUntil(
      runJob(graphOf(['a -> b', 'b -> c']), registryOf(operators), ports, { bufferBytes: () => 1 }),
    );

    expect(sink.values).toEqual([0, 1, 2]);
    expect(metrics.get('b')).toMatchObject({ rowsIn: 3, rowsOut: 3, batchesIn: 3, bytesOut: 24 });
    expect(metrics.get('c')).toMatchObject({ rowsIn: 3, rowsOut: 0 });
  });

  it('ends well when it is drained: sources stop, what they emitted goes to the end', async () => {
    const sink = new CollectSink();
    const { clock, ports } = setUp();
    const endless = function* () {
      for (let n = 0; ; n++) {
        if (n === 5) job.drain();
        yield numbersBatch([n]);
      }
    };
    const operators = { a: new TestSource(endless()), b: new PassOperator(), c: sink };
    const job = jobOf(graphOf(['a -> b', 'b -> c']), operators, ports);

    await clock.runUntil(job.run());

    expect(sink.values).toEqual([0, 1, 2, 3, 4]);
    expect([job.state, operators.a.closed]).toEqual(['finished', 1]);
  });

  it('reads nothing where it was drained before it ran, and a source that answers by an error has only ended', async () => {
    const { clock, ports } = setUp();
    const sinks = [new CollectSink(), new CollectSink()];
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(3), b: sinks[0]! }, ports);
    job.drain();
    await clock.runUntil(job.run());
    const throwing = jobOf(
      graphOf(['a -> b']),
      { a: new ThrowsWhenDrained(() => throwing.drain()), b: sinks[1]! },
      ports,
    );
    await clock.runUntil(throwing.run());

    expect([job.state, throwing.state]).toEqual(['finished', 'finished']);
    expect(sinks.map(({ values }) => values)).toEqual([[], []]);
  });

  it('ends well where a source is drained while it opens, and that ends the opening', async () => {
    const { clock, ports } = setUp();
    const sink = new CollectSink();
    const job = jobOf(graphOf(['a -> b']), { a: new OpensUntilDrained(), b: sink }, ports);
    const run = job.run();
    await clock.runUntil(clock.sleep(10));

    const checkpoint = job.checkpoint();
    job.drain();
    await clock.runUntil(run);

    expect([job.state, [...(await checkpoint).states.keys()]]).toEqual(['finished', []]);
  });

  it('passes the end as an infinite watermark, and ends an operator with two inputs when both have', async () => {
    const sink = new CollectSink();
    const { clock, ports } = setUp();
    const operators = { a: sourceOf(2), b: sourceOf(3), c: new PassOperator(), d: sink };

    await clock.runUntil(runJob(graphOf(['a b -> c', 'c -> d']), registryOf(operators), ports));

    expect(sink.values.sort()).toEqual([0, 0, 1, 1, 2]);
    expect(sink.elements.slice(-2)).toEqual([
      { kind: 'watermark', timestampMs: Number.POSITIVE_INFINITY },
      { kind: 'end' },
    ]);
  });

  it('feeds every consumer of a spilled exchange the same rows, and removes the file', async () => {
    const { clock, ports } = setUp();
    const [left, right] = [new CollectSink(), new CollectSink()];
    const operators = { a: sourceOf(5), left, right };
    const graph = graphOf(['a -> left', 'a -> right'], ['a']);

    await clock.runUntil(runJob(graph, registryOf(operators), ports));

    expect([left.values, right.values]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    expect(ports.spillFiles.open).toBe(0);
  });

  it('ends with the first error as it was thrown, closes every operator once, and keeps later errors aside', async () => {
    const failure = new Error('first');
    const { clock, ports } = setUp();
    const operators = { a: sourceOf(100), b: new FailsOnBatch(failure), c: new FailsOnClose() };
    const job = jobOf(graphOf(['a -> b', 'b -> c']), operators, ports);

    await expect(clock.runUntil(job.run())).rejects.toBe(failure);

    expect(job.state).toBe('failed');
    expect([operators.a.closed, operators.b.closed, operators.c.closed]).toEqual([1, 1, 1]);
    expect(job.suppressed).toEqual([new Error('close')]);
  });

  it('fails with an error of closing when everything else went well', async () => {
    const { clock, ports } = setUp();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(1), b: new FailsOnClose() }, ports);

    await expect(clock.runUntil(job.run())).rejects.toThrow('close');

    expect(job.state).toBe('failed');
  });

  it('closes an operator whose call never returns when the job is cancelled', async () => {
    const { clock, ports } = setUp();
    const abort = new AbortController();
    const hanging = new Hangs();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(5), b: hanging }, ports, { signal: abort.signal });
    const run = job.run();
    clock.after(5, () => abort.abort());

    await expect(clock.runUntil(run)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });

    expect([job.state, hanging.closed]).toEqual(['cancelled', 1]);
  });

  it('reports its failure before what closing the same operator throws', async () => {
    const failure = new Error('first');
    const { clock, ports } = setUp();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(3), b: new FailsTwice(failure) }, ports);

    await expect(clock.runUntil(job.run())).rejects.toBe(failure);

    expect(job.suppressed).toEqual([new Error('close')]);
  });

  it('can be cancelled before it is run', async () => {
    const { clock, ports } = setUp();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(5), b: new CollectSink() }, ports);

    job.cancel();

    await expect(clock.runUntil(job.run())).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(job.state).toBe('cancelled');
  });

  it('opens nothing when it was cancelled before it began', async () => {
    const { clock, ports } = setUp();
    const sink = new CollectSink();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(5), b: sink }, ports, {
      signal: AbortSignal.abort(),
    });

    await expect(clock.runUntil(job.run())).rejects.toMatchObject({ code: 'JOB_CANCELLED' });

    expect([sink.opened, sink.closed]).toEqual([0, 1]);
  });

  it('stops the producers when an operator needs no more input, and still ends well', async () => {
    const { clock, ports } = setUp();
    const sink = new CollectSink();
    const source = new TestSource(endless());
    const random = new SeededRandom(1);
    const pooled = new PooledOperator(new FakePool(clock, random, 3), random);
    const operators = { a: source, b: new PassOperator(), pooled, limit: new Limit(3), c: sink };
    const graph = graphOf(['a -> b', 'b -> pooled', 'pooled -> limit', 'limit -> c']);

    await clock.runUntil(
      runJob(graph, registryOf(operators), ports, { bufferBytes: () => 4000, edgeBytes: () => 4000 }),
    );

    expect(sink.values).toEqual([0.5, 1.5, 2.5]);
    expect([source.closed, pooled.closed]).toEqual([1, 1]);
  });

  it('streams to two consumers what one stage gives', async () => {
    const { clock, ports } = setUp();
    const [b, c] = [new CollectSink(), new CollectSink()];
    const operators = { a: sourceOf(2), b, c };

    await clock.runUntil(runJob(graphOf(['a -> b', 'a -> c']), registryOf(operators), ports));

    expect([b.values, c.values]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('reads nothing behind a last checkpoint, until it is told to go on', async () => {
    const { clock, ports } = setUp();
    const sink = new CollectSink();
    const source = sourceOf(40, () => clock.sleep(10));
    const job = jobOf(graphOf(['a -> b']), { a: source, b: sink }, ports);
    const run = job.run();
    await clock.runUntil(clock.sleep(105));

    const { states } = await clock.runUntil(job.checkpoint(true));
    const seen = sink.values.length;
    await clock.runUntil(clock.sleep(1_000));

    expect(snapshotText(states.get('a')!)).toBe(String(seen));
    expect(sink.values.length).toBe(seen);
    job.goOn();
    await clock.runUntil(run);
    expect(sink.values.length).toBe(40);
  });

  it('can be cancelled behind a last checkpoint', async () => {
    const { clock, ports } = setUp();
    const source = sourceOf(40, () => clock.sleep(10));
    const job = jobOf(graphOf(['a -> b']), { a: source, b: new CollectSink() }, ports);
    const run = job.run();
    await clock.runUntil(clock.sleep(105));
    await clock.runUntil(job.checkpoint(true));

    job.cancel();

    await expect(clock.runUntil(run)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(source.closed).toBe(1);
  });

  it('takes no checkpoint once its sources have ended', async () => {
    const { clock, ports } = setUp();
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(1), b: new CollectSink() }, ports);
    await clock.runUntil(job.run());

    await expect(job.checkpoint()).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
  });
});

describe('a stalled job', () => {
  it('fails with the cycle of waits', async () => {
    const { clock, ports } = setUp();
    const left = new ForwardsAfter();
    const operators = {
      a: sourceOf(100),
      b: sourceOf(0, () => clock.sleep(1e9)),
      left,
      c: new CollectSink(),
    };
    const job = jobOf(graphOf(['a b -> left', 'left -> c']), operators, ports, { edgeBytes: () => 1 });
    operators.b.isWorking = () => false;

    const failure: unknown = await clock.runUntil(job.run()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'JOB_STALLED' });
    expect(String(failure)).toContain('a waits for room on a-out');
    expect(String(failure)).toContain('left waits for rows on b-out from b');
  });

  it('is not one whose operator is slow', async () => {
    const { clock, ports } = setUp();
    const sink = new CollectSink(() => clock.sleep(100_000));
    const job = jobOf(graphOf(['a -> b']), { a: sourceOf(10), b: sink }, ports, { edgeBytes: () => 1 });

    await clock.runUntil(job.run());

    expect(sink.values).toHaveLength(10);
  });
});

class FailsOnBatch extends TestOperator {
  constructor(private readonly error: unknown) {
    super();
  }

  async processBatch(): Promise<void> {
    throw this.error;
  }
}

/** Meets the end of reading as an error, as a worker's query does. */
class ThrowsWhenDrained extends TestSource {
  constructor(private readonly drain: () => void) {
    super([]);
  }

  override async run(): Promise<void> {
    this.drain();
    throw new CancelledError('CANCELLED', 'The query was cancelled.');
  }
}

class OpensUntilDrained extends TestSource {
  constructor() {
    super([]);
  }

  override async open(context: Parameters<TestSource['open']>[0]): Promise<void> {
    await new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
  }
}

class FailsOnClose extends CollectSink {
  override async close(): Promise<void> {
    await super.close();
    throw new Error('close');
  }
}

class FailsTwice extends FailsOnClose {
  constructor(private readonly error: unknown) {
    super();
  }

  override async processBatch(): Promise<void> {
    throw this.error;
  }
}

class Hangs extends TestOperator {
  processBatch(): Promise<void> {
    return new Promise(() => {});
  }
}

class Limit extends TestOperator {
  constructor(private left: number) {
    super();
  }

  async processBatch(batch: Batch): Promise<void> {
    if (this.left === 0) return;
    await this.context.output.emit(batch);
    this.left -= batch.rows;
    if (this.left === 0) this.context.stopInputs();
  }
}

/** Takes nothing of its first input before the second has ended, as a join that builds from its second. */
class ForwardsAfter extends PassOperator {
  private readonly built: Promise<void>;
  private build!: () => void;

  constructor() {
    super();
    this.built = new Promise((resolve) => {
      this.build = resolve;
    });
  }

  override async processBatch(batch: Batch, input = 0): Promise<void> {
    if (input === 0) await this.built;
    await super.processBatch(batch);
  }

  override async endInput(input: number): Promise<void> {
    if (input === 1) this.build();
  }

  isWorking(): boolean {
    return false;
  }
}

function setUp() {
  const clock = new ManualClock();
  return { clock, ports: { clock, timers: clock, spillFiles: new MemorySpillFiles() } };
}

function registryOf(operators: Readonly<Record<string, Operator | SourceOperator>>) {
  return { create: ({ id }: { id: string }) => operators[id]! };
}

function jobOf(
  graph: StageGraph,
  operators: Readonly<Record<string, Operator | SourceOperator>>,
  ports: ReturnType<typeof setUp>['ports'],
  options: Partial<JobOptions> = {},
): Job {
  return new Job(graph, registryOf(operators), ports, { ...DEFAULT_JOB_OPTIONS, ...options });
}

function sourceOf(rows: number, pause?: () => Promise<void>): TestSource {
  const batches = Array.from({ length: Math.max(rows, pause === undefined ? 0 : 1) }, (_, i) =>
    numbersBatch([i]),
  );
  return new TestSource(batches, pause);
}

function* endless(): Generator<Batch> {
  for (let i = 0; ; i++) yield numbersBatch([i]);
}
