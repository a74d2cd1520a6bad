/** Stages of the product over simulated workers: the real operators, retries and bridge, and no process. */
import type { DataSession } from '../../../bridge/data-session.js';
import { FunctionStage } from '../../../bridge/function-stage.js';
import type { FunctionStageHandle } from '../../../bridge/index.js';
import { ProgressWatch } from '../../../bridge/progress-watch.js';
import { RelationalStage } from '../../../bridge/relational-stage.js';
import { type PythonStage, WorkerError } from '../../../core/index.js';
import { DeadLetters } from '../../../operators/failures/dead-letters.js';
import { FailedRows } from '../../../operators/failures/failed-rows.js';
import { RetryingStage } from '../../../operators/retry/retrying-stage.js';
import { RowFailures } from '../../../operators/retry/row-failures.js';
import { PythonOperator } from '../../../operators/stages/python-stage.js';
import { RelationalOperator, RelationalSource } from '../../../operators/stages/relational-stage.js';
import { StageCalls } from '../../../operators/stages/stage-calls.js';
import { FunctionWorkerModel } from './function-worker-model.js';
import { RelationalWorkerModel } from './relational-worker-model.js';
import type { World } from './worker-model.js';

/** What a simulated Python stage is made with. */
export interface PythonSimulation {
  readonly id: string;
  /** Carried by its results. */
  readonly number: number;
  readonly workers: number;
  /** Groups of its input. */
  readonly groups: number;
  readonly deaths: Deaths;
  /** A row of which every worker dies; null: none. */
  readonly poison: Poison | null;
}

/** A row that ends its worker each time it is given to a stage. */
export interface Poison {
  readonly stage: number;
  readonly row: number;
  readonly onError: 'fail' | 'skip';
}

/** When function workers die; one budget for a job, so that none is retried for ever. */
export class Deaths {
  constructor(
    private readonly world: World,
    private left: number,
  ) {}

  /** Whether one dies here. */
  here = (): boolean => {
    if (this.left === 0 || !this.world.random.chance(0.1)) return false;
    this.left -= 1;
    return true;
  };

  /** Some moment from now at which one dies, whatever it is at; null: none does. */
  later(): number | null {
    if (this.left === 0 || !this.world.random.chance(0.4)) return null;
    this.left -= 1;
    return this.world.random.next() * 40;
  }
}

/** Handles of a stage, for tests that put something between the operator and its workers. */
export type Between = (handle: FunctionStageHandle) => FunctionStageHandle;

export function simulatedPythonStage(
  world: World,
  simulation: PythonSimulation,
  between: Between = (handle) => handle,
): PythonOperator {
  const { id, number, poison } = simulation;
  const onError = poison?.stage === number ? poison.onError : 'fail';
  const open = async () => {
    const wearsAfter = world.random.pick([Number.POSITIVE_INFINITY, 60, 200]);
    let current: FunctionWorkerModel | null = null;
    const handle = await RetryingStage.open({
      stage: id,
      openIn: async () => {
        const opened = await openInFreshWorker(world, simulation, current);
        current = opened.worker;
        return opened.handle;
      },
      policy: { mayReplay: true, isDivisible: true, isSearchable: true, givesUpRows: onError === 'skip' },
      rows: new RowFailures({ onError: new Map([['f', onError]]), columns: null }),
      group: null,
      openAgain: null,
      renewal: {
        isDue: () => (current?.answeredRows ?? 0) >= wearsAfter,
        retire: async () => current?.retire(),
      },
      onRestart: () => world.trace.push(`${world.clock.nowMs().toFixed(3)} ${id} restarts`),
    });
    return { handle: between(handle), retire: async () => {} };
  };
  const stage = stageOf(simulation);
  return new PythonOperator(stage, new StageCalls(stage, open, noFailedRows(world), world.clock));
}

async function openInFreshWorker(
  world: World,
  { id, number, deaths, poison }: PythonSimulation,
  previous: FunctionWorkerModel | null,
): Promise<{ worker: FunctionWorkerModel; handle: FunctionStageHandle }> {
  const { clock, random } = world;
  const slow = random.int(0, 40);
  let session: DataSession | null = null;
  const watch = new ProgressWatch({
    timers: clock,
    stuckMs: 1e9,
    heartbeatMs: 0,
    onStuck: () => {},
    onTimeout: () => {},
  });
  const worker = new FunctionWorkerModel(world, {
    wireName: id,
    stage: number,
    costMs: (sequence) => random.next() * (sequence === slow ? 200 : 2),
    diesHere: deaths.here,
    diesOf: poison?.stage === number ? poison.row : null,
    // The core learns of it later: until then it hears what the worker had sent.
    onDeath: () => clock.after(random.next() * 5, onVerdict),
  });
  const onVerdict = () => {
    const bundle = watch.head?.work.bundle ?? null;
    const details = { stage: bundle === null ? null : id, bundle };
    const code = worker.isPoisoned ? 'WORKER_CRASH' : 'WORKER_KILLED';
    stage.fail(new WorkerError(code, 'A simulated worker died.', { details }));
    session?.close();
  };
  await clock.sleep(random.next() * 3);
  session = await worker.openSession((error) => {
    throw error;
  });
  const stage = new FunctionStage({
    worker: `w${worker.epoch}`,
    wireName: id,
    stage: id,
    functions: ['f'],
    data: session,
    watch,
    limits: null,
    output: [],
    spill: null,
    keptGroups: 0,
    nowNs: () => clock.monotonicNs(),
    onAnswered: (rows) => {
      worker.answeredRows += rows;
    },
    closeInWorker: async () => clock.sleep(random.next()),
  });
  const dieAt = deaths.later();
  if (dieAt !== null) clock.after(dieAt, () => worker.die());
  // What the worker before it had sent may turn up at its successor: only the epoch tells.
  for (const frames of previous?.connection.late ?? []) {
    if (frames.length !== 2 || !isSchema(frames[0]!)) {
      clock.after(random.next() * 10, () => worker.connection.inject(frames));
    }
  }
  return { worker, handle: stage };
}

function isSchema(header: Uint8Array): boolean {
  return Buffer.from(header).includes('"type":"schema"');
}

/** A scan in a relational worker. */
export function simulatedScan(
  world: World,
  id: string,
  batches: readonly (readonly number[])[],
  onOpen: OnOpen,
): RelationalSource {
  return new RelationalSource(() => openRelational(world, id, batches, () => {}, onOpen));
}

/** A relational stage that hands its input on batch by batch. */
export function simulatedPerBatch(
  world: World,
  id: string,
  onWaiting: (bytes: number) => void,
  onOpen: OnOpen,
): RelationalOperator {
  return new RelationalOperator(() => openRelational(world, id, null, onWaiting, onOpen), 1, true);
}

/** Told how to kill a relational worker. */
export type OnOpen = (kill: () => void) => void;

/** Input that may wait in a relational worker. */
export const WORKER_WINDOW_BYTES = 800;

async function openRelational(
  world: World,
  id: string,
  scan: readonly (readonly number[])[] | null,
  onWaiting: (bytes: number) => void,
  onOpen: OnOpen,
) {
  const { clock, random } = world;
  const worker = new RelationalWorkerModel(world, {
    wireName: id,
    scan,
    windowBytes: WORKER_WINDOW_BYTES,
    costMs: () => random.next() * (scan === null ? 15 : 3),
    onWaiting,
  });
  const data = await worker.openSession((error) => {
    throw error;
  });
  const stage = new RelationalStage({
    worker: `w${worker.epoch}`,
    wireName: id,
    stage: id,
    inputs: scan === null ? 1 : 0,
    windowBytes: random.pick([1, 1_000, 5_000]),
    data,
    closeInWorker: async () => clock.sleep(random.next()),
  });
  void worker.run();
  stage.begin();
  onOpen(() => {
    worker.die();
    clock.after(random.next() * 5, () => {
      stage.fail(new WorkerError('WORKER_KILLED', 'A simulated worker died.', { details: { stage: id } }));
      data.close();
    });
  });
  return {
    worker: { progress: () => null },
    stage,
    close: async () => {
      await stage.close();
      worker.die();
      data.close();
    },
  };
}

function noFailedRows({ clock }: World): FailedRows {
  const file = { place: '', write: async () => {} };
  return new FailedRows({
    budget: () => null,
    onError: () => 'skip',
    letters: new DeadLetters({ jobId: '', clock, writers: () => [], file, queues: new Map() }),
    onNote: () => {},
  });
}

function stageOf({ id, workers, groups }: PythonSimulation): PythonStage {
  return {
    id,
    kind: 'python',
    inputs: [],
    output: null,
    description: id,
    mode: 'table',
    shippedGroups: [0],
    keptGroups: Array.from({ length: groups }, (_, i) => i),
    steps: [],
    resultSteps: [],
    resultFields: null,
    rowSelection: true,
    partialAggregates: [],
    outer: false,
    keyColumns: [],
    tagColumn: null,
    passedColumns: [],
    stream: null,
    resourceGroup: '',
    workerGroup: '',
    declared: [],
    parallelism: workers,
    leastWorkers: workers,
    isElastic: false,
    anyOrder: false,
    source: null,
    notFused: null,
    notes: [],
  };
}
