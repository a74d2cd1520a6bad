/** One job of a seed: its graph, its sources, its workers and what happens to them, and what must come out. */
import {
  type Barrier,
  type Batch,
  batchBytes,
  DEFAULT_JOB_OPTIONS,
  Job,
  type Operator,
  type RegionDecision,
  type RegionFailure,
  SchemaRegistry,
  type SourceOperator,
  type SpillFiles,
  type Stage,
  type StreamElement,
} from '../../../core/index.js';
import { decideRegion } from '../../../operators/retry/region-decision.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { type CountedMessage, shareBatch } from '../../support/shared-batch.js';
import { graphOf } from '../../support/stage-graph.js';
import { PassOperator, randomPause, TestOperator, TestSource } from '../../support/test-operators.js';
import { decodeNumbers, encodeNumbers } from './number-batches.js';
import { copiesOf, resultOf } from './row-function.js';
import {
  type Between,
  Deaths,
  type Poison,
  simulatedPerBatch,
  simulatedPythonStage,
  simulatedScan,
} from './simulated-stages.js';
import type { World } from './worker-model.js';

/** Places where a test puts something between the parts of a job. */
export interface Seams {
  readonly between?: Between;
  readonly operator?: (
    id: string,
    operator: Operator | SourceOperator,
    world: World,
  ) => Operator | SourceOperator;
  readonly spillFiles?: (files: SpillFiles) => SpillFiles;
  readonly committed?: (commit: () => void) => void;
  /** In place of the product's decision whether stages are run again. */
  readonly decide?: (failure: RegionFailure) => RegionDecision;
  /** Some row ends every worker that it is given to. */
  readonly poison?: Poison['onError'];
}

/** The paths that a row may take, as the numbers of the Python stages on it. */
export type Path = readonly number[];

export interface SimulatedJob {
  readonly seed: number;
  readonly world: World;
  readonly job: Job;
  /** Of the last attempt. */
  readonly sink: () => CommittingSink;
  /** Rows that any attempt has shown. */
  readonly commits: () => readonly (readonly string[])[];
  /** By stage, how often an operator of it was made and not closed, or closed again. */
  readonly open: ReadonlyMap<string, number>;
  readonly files: MemorySpillFiles;
  /** Ids of the source's rows, and the paths from it to the sink. */
  readonly rows: number;
  readonly paths: readonly Path[];
  /** Messages of the source in shared memory; empty where it has none. */
  readonly messages: readonly CountedMessage[];
  /** Bytes that the job may hold at a time; null where a spill file may hold any. */
  readonly boundBytes: number | null;
  readonly emitted: readonly { readonly lastRow: number; readonly bytes: number }[];
  /** Most bytes of input that waited in a relational worker. */
  readonly mostWaiting: () => number;
  /** Rows at the source when each checkpoint passed it. */
  readonly cuts: Map<number, number>;
  readonly poison: Poison | null;
  /** Kill a relational worker each, the latest last; empty where there is none, or none is open yet. */
  readonly killers: readonly (() => void)[];
}

/** A bundle whose worker is killed five times is given up. */
const MOST_DEATHS = 4;
const EDGE_BYTES = [1, 600, 1_500];
const BUFFER_BYTES = 1_500;

export function simulatedJob(seed: number, seams: Seams = {}): SimulatedJob {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const world: World = { clock, random, schemas: new SchemaRegistry(), trace: [], nextEpoch: 1 };
  const files = new MemorySpillFiles();
  const isDiamond = random.chance(0.3);
  const isScan = random.chance(0.3);
  const hasPerBatch = !isDiamond && random.chance(0.4);
  const isSpilled = !isDiamond && random.chance(0.2);
  // Enough of them to tell a bound from none.
  const isBounded = !isDiamond && !isScan && !hasPerBatch && !isSpilled;
  const stages = isDiamond ? 3 : random.int(1, 3);
  const deaths = new Deaths(world, random.pick([0, 1, 2, MOST_DEATHS]));
  const values = batchesOf(random, random.int(1, isBounded ? 50 : 20));
  const rows = values.flat().length;
  const emitted: { lastRow: number; bytes: number }[] = [];
  const messages: CountedMessage[] = [];
  const open = new Map<string, number>();
  const makers = new Map<string, () => Operator | SourceOperator>();
  const made = new Map<string, Operator | SourceOperator>();
  const cuts = new Map<number, number>();
  const killers: (() => void)[] = [];
  const poison =
    seams.poison === undefined
      ? null
      : { stage: random.int(0, stages - 1), row: random.int(0, rows - 1), onError: seams.poison };
  let mostWaiting = 0;
  let edgeBytes = 0;
  let leases = 0;
  const make = (id: string): Operator | SourceOperator => {
    const operator = makers.get(id)!();
    const seen = seams.operator?.(id, operator, world) ?? operator;
    open.set(id, (open.get(id) ?? 0) + 1);
    const close = seen.close.bind(seen);
    seen.close = async () => {
      open.set(id, open.get(id)! - 1);
      await close();
    };
    return seen;
  };
  const add = (id: string, maker: () => Operator | SourceOperator) => {
    makers.set(id, maker);
    made.set(id, make(id));
  };
  const python = (number: number, groups: number) => {
    const id = `python${number}`;
    const workers = random.int(1, 3);
    // As many bundles pass whatever they weigh.
    leases += 2 * workers;
    add(id, () =>
      simulatedPythonStage(world, { id, number, workers, groups, deaths, poison }, seams.between),
    );
  };

  const beginAnew = () => {
    emitted.length = 0;
    cuts.clear();
  };
  if (isScan)
    add('source', () => {
      beginAnew();
      return simulatedScan(world, 'source', values, (kill) => killers.push(kill));
    });
  else {
    const isShared = random.chance(0.5);
    const elements = values.map((numbers) => {
      const batch = encodeNumbers(numbers, world.schemas);
      if (!isShared) return batch;
      const shared = shareBatch(batch);
      messages.push(...shared.messages);
      return shared.batch;
    });
    const pause = isBounded ? async () => {} : randomPause(clock, random);
    add('source', () => {
      beginAnew();
      return new TestSource(withNotes(elements, values, emitted, random), pause);
    });
  }
  const lines: string[] = [];
  let last = 'source';
  if (hasPerBatch) {
    add('relational', () =>
      simulatedPerBatch(
        world,
        'relational',
        (bytes) => (mostWaiting = Math.max(mostWaiting, bytes)),
        (kill) => killers.push(kill),
      ),
    );
    lines.push('source -> relational');
    last = 'relational';
  }
  if (isDiamond) {
    python(0, 1);
    python(1, 2);
    python(2, 2);
    add('union', () => new PassOperator());
    lines.push(`${last} -> python0`, 'python0 -> python1', 'python0 -> python2', 'python1 python2 -> union');
    last = 'union';
  } else {
    for (let number = 0; number < stages; number++) {
      python(number, number + 1);
      lines.push(`${last} -> python${number}`);
      last = `python${number}`;
    }
  }
  const sinks: CommittingSink[] = [];
  add('sink', () => {
    sinks.push(new CommittingSink(world, randomPause(clock, random), seams.committed));
    return sinks.at(-1)!;
  });
  lines.push(`${last} -> sink`);
  const job = new Job(
    graphOf(lines, isDiamond || isSpilled ? ['python0'] : []),
    {
      create: ({ id }) => {
        const first = made.get(id);
        made.delete(id);
        return first ?? make(id);
      },
    },
    { clock, timers: clock, spillFiles: seams.spillFiles?.(files) ?? files },
    {
      ...DEFAULT_JOB_OPTIONS,
      schemas: world.schemas,
      edgeBytes: () => {
        const bytes = random.pick(EDGE_BYTES);
        edgeBytes += bytes;
        return bytes;
      },
      bufferBytes: () => BUFFER_BYTES,
      decide: (failure) => {
        const decision = (seams.decide ?? decideSimulated)(failure);
        if (decision === 'again') world.trace.push(`${clock.nowMs().toFixed(3)} ${failure.stage.id} again`);
        return decision;
      },
    },
  );
  const longest = Math.max(...values.map((batch) => batchBytes(encodeNumbers(batch, world.schemas))));
  const inFlight = edgeBytes + (lines.length + 3) * longest + leases * longest + stages * BUFFER_BYTES;
  return {
    seed,
    world,
    job,
    sink: () => sinks.at(-1)!,
    commits: () => sinks.flatMap(({ commits }) => commits),
    open,
    files,
    rows,
    paths: isDiamond
      ? [
          [0, 1],
          [0, 2],
        ]
      : [Array.from({ length: stages }, (_, i) => i)],
    messages,
    boundBytes: isBounded ? inFlight : null,
    emitted,
    mostWaiting: () => mostWaiting,
    cuts,
    poison,
    killers,
  };
}

/** The product's decision; the stages of the simulated graph do not say which of them are relational. */
function decideSimulated(failure: RegionFailure): RegionDecision {
  const kind = failure.stage.id.startsWith('python') ? 'python' : 'relational';
  return decideRegion({ ...failure, stage: { ...failure.stage, kind } as Stage }, 'batch');
}

/** The rows of a path in order, each with the results that it carries. */
export function expectedRows(rows: number, path: Path, poison: Poison | null = null): string[] {
  return Array.from({ length: rows }, (_, row) => row).flatMap((row) => {
    if (poison !== null && row === poison.row && path.includes(poison.stage)) return [];
    const copies = path.reduce((product, stage) => product * copiesOf(row, stage), 1);
    return new Array<string>(copies).fill([row, ...path.map((stage) => resultOf(row, stage))].join(' '));
  });
}

/** Batches of consecutive rows. */
function batchesOf(random: SeededRandom, batches: number): number[][] {
  let row = 0;
  return Array.from({ length: batches }, () => Array.from({ length: random.int(1, 30) }, () => row++));
}

/** The batches with watermarks between them; notes what was taken. */
function* withNotes(
  batches: readonly Batch[],
  values: readonly (readonly number[])[],
  emitted: { lastRow: number; bytes: number }[],
  random: SeededRandom,
): Generator<Batch | { kind: 'watermark'; timestampMs: number }> {
  for (const [i, batch] of batches.entries()) {
    const lastRow = values[i]!.at(-1)!;
    emitted.push({ lastRow, bytes: batchBytes(batch) });
    yield batch;
    if (random.chance(0.2)) yield { kind: 'watermark', timestampMs: lastRow };
  }
}

/** Writes rows slowly, and shows them once: at the end of the input. */
export class CommittingSink extends TestOperator {
  readonly elements: (StreamElement | { readonly kind: 'rows'; readonly rows: readonly string[] })[] = [];
  /** Rows written and not yet shown. */
  readonly written: string[] = [];
  readonly commits: string[][] = [];
  lastRow = -1;

  constructor(
    private readonly world: World,
    private readonly pause: () => Promise<void>,
    private readonly committed: (commit: () => void) => void = (commit) => commit(),
  ) {
    super();
  }

  async processBatch(batch: Batch): Promise<void> {
    await this.pause();
    const columns = batch.groups.map((group) => decodeNumbers(group, this.world.schemas));
    const rows = columns[0]!.map((_, row) => columns.map((column) => column[row]).join(' '));
    this.written.push(...rows);
    this.elements.push({ kind: 'rows', rows });
    this.lastRow = Math.max(this.lastRow, ...columns[0]!);
    this.world.trace.push(`${this.world.clock.nowMs().toFixed(3)} sink ${rows.length} ${rows[0]}`);
  }

  override async processWatermark(watermark: StreamElement & { kind: 'watermark' }): Promise<void> {
    this.elements.push(watermark);
  }

  override async snapshot(barrier: Barrier): Promise<void> {
    this.elements.push(barrier);
    this.context.acknowledge(barrier.checkpointId, null);
  }

  override async endInput(): Promise<void> {
    this.committed(() => this.commits.push([...this.written]));
    this.world.trace.push(`${this.world.clock.nowMs().toFixed(3)} commit ${this.written.length}`);
  }
}
