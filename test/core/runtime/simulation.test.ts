/** Whole jobs on a virtual clock, many seeds: order, cuts, memory, failures. A failing run prints its seed. */
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_JOB_OPTIONS,
  Job,
  type Operator,
  type SourceOperator,
  type StreamElement,
} from '../../../core/index.js';
import { FakePool } from '../../support/fake-pool.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { seeds } from '../../support/seeds.js';
import { snapshotText } from '../../support/snapshot-text.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch, numbersOf } from '../../support/test-batch.js';
import {
  CollectSink,
  PooledOperator,
  randomPause,
  TestFailure,
  type TestOperator,
  TestSource,
} from '../../support/test-operators.js';

const SEEDS = seeds(250);
const BUFFER_BYTES = 4096;
const LARGEST_OUTPUT_BYTES = 8 * 12 + 2 * 512;

describe('a stage of three workers that finish out of order', () => {
  it('keeps rows, watermarks and barriers in the order of the source, for every seed', async () => {
    for (const seed of SEEDS) {
      const run = simulate(seed, null);

      await run.clock.runUntil(run.job.run());

      expect(flatten(run.sink.elements, 0), `seed ${seed}`).toEqual([
        ...flatten(run.elements, 0.5),
        `watermark ${Number.POSITIVE_INFINITY}`,
        'end',
      ]);
      expect(run.stage.peakBytes, `seed ${seed}`).toBeLessThanOrEqual(
        BUFFER_BYTES + 3 * LARGEST_OUTPUT_BYTES,
      );
      expectAllClosed(run, seed);
    }
  });

  it('ends with exactly the failure of its function, with everything closed, wherever it fails', async () => {
    for (const seed of SEEDS) {
      const random = new SeededRandom(seed * 7);
      const run = simulate(seed, random.int(0, rowsOf(simulate(seed, null).elements) - 1));

      const error: unknown = await run.clock.runUntil(run.job.run()).catch((caught: unknown) => caught);

      expect(error, `seed ${seed}`).toBeInstanceOf(TestFailure);
      expect(run.job.state).toBe('failed');
      const delivered = run.sink.values;
      expect(delivered, `seed ${seed}`).toEqual(delivered.map((_, i) => i + 0.5));
      expectAllClosed(run, seed);
    }
  });

  it('ends as cancelled with everything closed, whenever it is cancelled', async () => {
    for (const seed of SEEDS) {
      const run = simulate(seed, null);
      run.clock.after(new SeededRandom(seed * 3).next() * 60, () => run.job.cancel());

      const outcome: unknown = await run.clock.runUntil(run.job.run()).catch((caught: unknown) => caught);

      const cancelled = outcome instanceof Error;
      expect(run.job.state, `seed ${seed}`).toBe(cancelled ? 'cancelled' : 'finished');
      if (cancelled) expect(outcome).toMatchObject({ code: 'JOB_CANCELLED' });
      expectAllClosed(run, seed);
    }
  });

  it('cuts a checkpoint exactly: the sink has seen at the barrier what the source says it had emitted', async () => {
    let cuts = 0;
    for (const seed of SEEDS) {
      const run = simulate(seed, null);
      const taken: Promise<void>[] = [];
      const rowsAtSource = new Map<number, number>();
      for (const atMs of [1, 7, 20]) {
        run.clock.after(atMs, () => {
          if (run.job.state !== 'running') return;
          const stored = run.job.checkpoint().then(({ id, states }) => {
            const state = states.get('source');
            if (state != null) rowsAtSource.set(id, Number(snapshotText(state)));
          });
          taken.push(stored);
        });
      }

      await run.clock.runUntil(run.job.run());
      await Promise.all(taken);

      for (const [id, rows] of rowsAtSource) {
        const at = run.sink.elements.findIndex((e) => e.kind === 'barrier' && e.checkpointId === id);
        expect(rowsOf(run.sink.elements.slice(0, at)), `seed ${seed}, checkpoint ${id}`).toBe(rows);
        cuts += 1;
      }
    }
    expect(cuts).toBeGreaterThan(SEEDS.length === 1 ? 0 : SEEDS.length);
  });
});

interface Simulation {
  readonly clock: ManualClock;
  readonly job: Job;
  readonly elements: readonly StreamElement[];
  readonly stage: PooledOperator;
  readonly sink: CollectSink;
  readonly operators: Readonly<Record<string, TestOperator | TestSource>>;
  readonly files: MemorySpillFiles;
}

function simulate(seed: number, failAt: number | null): Simulation {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const files = new MemorySpillFiles();
  const elements = randomElements(random);
  const source = new TestSource(elements, randomPause(clock, random));
  const stage = new PooledOperator(new FakePool(clock, random, 3), random, failAt);
  const sink = new CollectSink(randomPause(clock, random));
  const operators = { source, stage, sink };
  const spilled = random.chance(0.2) ? ['stage'] : [];
  const registry = {
    create: ({ id }: { id: string }): Operator | SourceOperator => operators[id as keyof typeof operators],
  };
  const job = new Job(
    graphOf(['source -> stage', 'stage -> sink'], spilled),
    registry,
    { clock, timers: clock, spillFiles: files },
    {
      ...DEFAULT_JOB_OPTIONS,
      edgeBytes: () => random.pick([1, 1000, 20_000]),
      bufferBytes: () => BUFFER_BYTES,
    },
  );
  return { clock, job, elements, stage, sink, operators, files };
}

/** Batches of consecutive numbers with watermarks and barriers between them. Barriers have ids of their own. */
function randomElements(random: SeededRandom): Exclude<StreamElement, { kind: 'end' }>[] {
  const elements: Exclude<StreamElement, { kind: 'end' }>[] = [];
  let value = 0;
  let barrier = 1000;
  for (let i = random.int(1, 40); i > 0; i--) {
    const kind = random.int(0, 9);
    if (kind < 7) elements.push(numbersBatch(Array.from({ length: random.int(1, 12) }, () => value++)));
    else if (kind < 9) elements.push({ kind: 'watermark', timestampMs: value * 10 + i / 100 });
    else elements.push({ kind: 'barrier', checkpointId: barrier++, isLast: false });
  }
  elements.push(numbersBatch([value]));
  return dropRepeatedWatermarks(elements);
}

/** A watermark that does not advance is not handed on. */
function dropRepeatedWatermarks<T extends StreamElement>(elements: readonly T[]): T[] {
  let last = Number.NEGATIVE_INFINITY;
  return elements.filter((element) => {
    if (element.kind !== 'watermark') return true;
    const advances = element.timestampMs > last;
    last = Math.max(last, element.timestampMs);
    return advances;
  });
}

function flatten(elements: readonly StreamElement[], add: number): (number | string)[] {
  return elements.flatMap<number | string>((element) => {
    if (element.kind === 'batch') return numbersOf(element).map((value) => value + add);
    if (element.kind === 'watermark') return [`watermark ${element.timestampMs}`];
    return [element.kind === 'barrier' ? `barrier ${element.checkpointId}` : 'end'];
  });
}

function rowsOf(elements: readonly StreamElement[]): number {
  return elements.reduce((sum, element) => sum + (element.kind === 'batch' ? element.rows : 0), 0);
}

function expectAllClosed(run: Simulation, seed: number): void {
  for (const [name, operator] of Object.entries(run.operators)) {
    expect(operator.closed, `seed ${seed}, ${name}`).toBe(1);
  }
  expect(run.files.open, `seed ${seed}, spill files`).toBe(0);
}
