/** Random trees of stages with several sources on a virtual clock: watermarks and cuts over joined inputs. */
import { expect, it } from 'vitest';
import { type Checkpoint, DEFAULT_JOB_OPTIONS, Job, type StreamElement } from '../../../core/index.js';
import { FakePool } from '../../support/fake-pool.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { seeds } from '../../support/seeds.js';
import { snapshotText } from '../../support/snapshot-text.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch } from '../../support/test-batch.js';
import {
  CollectSink,
  PassOperator,
  PooledOperator,
  randomPause,
  TestSource,
} from '../../support/test-operators.js';

/** Row k of source s has the value s × 1,000,000 + k and the event time k. */
const SOURCE = 1_000_000;
const SEEDS = seeds(150);

it('delivers the rows of each source completely and in order, and no row at or before a watermark seen', async () => {
  for (const seed of SEEDS) {
    const run = simulate(seed);

    await run.clock.runUntil(run.job.run());

    const nextRow = run.rows.map(() => 0);
    let watermark = Number.NEGATIVE_INFINITY;
    for (const element of run.sink.elements) {
      if (element.kind === 'watermark') {
        expect(element.timestampMs, `seed ${seed}`).toBeGreaterThan(watermark);
        watermark = element.timestampMs;
      }
      for (const [source, row] of rowsOf(element)) {
        expect(row, `seed ${seed}`).toBe(nextRow[source]);
        expect(row, `seed ${seed}`).toBeGreaterThan(watermark);
        nextRow[source] = row + 1;
      }
    }
    expect(nextRow, `seed ${seed}`).toEqual(run.rows);
    expect(watermark).toBe(Number.POSITIVE_INFINITY);
    expect(run.files.open).toBe(0);
  }
});

it('cuts every source exactly where it acknowledged, in checkpoints that overlap', async () => {
  let cuts = 0;
  for (const seed of SEEDS) {
    const run = simulate(seed);
    const taken: Promise<Checkpoint>[] = [];
    for (const atMs of [1, 2, 9]) {
      run.clock.after(atMs, () => {
        if (run.job.state === 'running') taken.push(run.job.checkpoint());
      });
    }

    await run.clock.runUntil(run.job.run());

    for (const { id, states } of await Promise.all(taken)) {
      const at = run.sink.elements.findIndex((e) => e.kind === 'barrier' && e.checkpointId === id);
      if (at < 0) continue;
      const before = run.sink.elements.slice(0, at).flatMap(rowsOf);
      run.rows.forEach((rows, source) => {
        const state = states.get(`source${source}`);
        const expected = state == null ? rows : Number(snapshotText(state));
        const seen = before.filter(([from]) => from === source).length;
        expect(seen, `seed ${seed}, checkpoint ${id}, source ${source}`).toBe(expected);
        cuts += 1;
      });
    }
  }
  expect(cuts).toBeGreaterThan(SEEDS.length === 1 ? 0 : SEEDS.length);
});

interface TreeRun {
  readonly clock: ManualClock;
  readonly job: Job;
  readonly sink: CollectSink;
  /** Rows of each source. */
  readonly rows: readonly number[];
  readonly files: MemorySpillFiles;
}

function simulate(seed: number): TreeRun {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const files = new MemorySpillFiles();
  const operators = new Map<string, TestSource | PassOperator | PooledOperator | CollectSink>();
  const rows: number[] = [];
  const lines: string[] = [];
  let roots: string[] = [];
  for (let source = 0; source < random.int(1, 4); source++) {
    const elements = randomElements(random, source);
    rows.push(elements.reduce((sum, element) => sum + (element.kind === 'batch' ? element.rows : 0), 0));
    operators.set(`source${source}`, new TestSource(elements, randomPause(clock, random)));
    roots.push(`source${source}`);
  }
  for (let stage = 0; roots.length > 1 || stage < 2; stage++) {
    const inputs = roots.slice(0, random.int(1, 2));
    const id = `stage${stage}`;
    operators.set(
      id,
      random.chance(0.5)
        ? new PassOperator()
        : new PooledOperator(new FakePool(clock, random, 3), random, null, 0),
    );
    lines.push(`${inputs.join(' ')} -> ${id}`);
    roots = [...roots.slice(inputs.length), id];
  }
  const sink = new CollectSink(randomPause(clock, random));
  operators.set('sink', sink);
  lines.push(`${roots[0]} -> sink`);
  const spilled = [...operators.keys()].filter((id) => id !== 'sink' && random.chance(0.1));
  const job = new Job(
    graphOf(lines, spilled),
    { create: ({ id }) => operators.get(id)! },
    { clock, timers: clock, spillFiles: files },
    { ...DEFAULT_JOB_OPTIONS, edgeBytes: () => random.pick([1, 2000]), bufferBytes: () => 3000 },
  );
  return { clock, job, sink, rows, files };
}

function randomElements(random: SeededRandom, source: number): Exclude<StreamElement, { kind: 'end' }>[] {
  const elements: Exclude<StreamElement, { kind: 'end' }>[] = [];
  let row = 0;
  for (let i = random.int(0, 20); i > 0; i--) {
    if (random.chance(0.3)) elements.push({ kind: 'watermark', timestampMs: row - 1 });
    else elements.push(numbersBatch(Array.from({ length: random.int(1, 8) }, () => source * SOURCE + row++)));
  }
  return elements;
}

/** Source and number of each row. */
function rowsOf(element: StreamElement): [source: number, row: number][] {
  if (element.kind !== 'batch') return [];
  return Array.from(new Float64Array(element.groups[0]!.message.slice().buffer, 0, element.rows), (value) => [
    Math.floor(value / SOURCE),
    value % SOURCE,
  ]);
}
