/** What a session says of itself to `millstream ps` and `millstream stack`. */
import type { Worker } from '../../bridge/index.js';
import { CancelledError, type Clock, ConfigurationError } from '../../core/index.js';
import type { JobStatus, JobVoice, WorkerStack, WorkerStatus } from '../ledger/job-status.js';
import type { LastCheckpoint } from './checkpointing.js';
import type { StopJob } from './run-graph.js';
import type { Progress } from './session-types.js';

/** What it looks at when it is asked. */
export interface SessionVoiceOptions {
  readonly clock: Clock;
  /** False: it waits for its memory. */
  readonly hasMemory: () => boolean;
  /** Who has that memory. */
  readonly waitsFor: () => string | null;
  readonly workers: () => readonly Worker[];
}

/** A statement that runs. */
export interface SpokenStatement {
  progress(progress: Progress): void;
  /** What ends it by a last checkpoint; null: it cannot be ended like that now. */
  readonly stoppable: (stop: StopJob | null) => void;
  end(): void;
}

interface Running {
  readonly mode: 'batch' | 'streaming';
  readonly startNs: bigint;
  progress: Progress;
  stop: StopJob | null;
}

export class SessionVoice implements JobVoice {
  /** Several where a program reads several results side by side. */
  readonly #running = new Set<Running>();
  #planning = 0;
  /** It reads no more and finishes what is in flight. */
  isDraining = false;
  #isStopped = false;

  constructor(private readonly options: SessionVoiceOptions) {}

  /** A statement begins to run; the caller tells how far it is, and its end. */
  begin(mode: 'batch' | 'streaming'): SpokenStatement {
    const running: Running = {
      mode,
      startNs: this.options.clock.monotonicNs(),
      progress: { rows: 0, totalRows: null, stages: [] },
      stop: null,
    };
    this.#running.add(running);
    return {
      progress: (progress) => {
        running.progress = progress;
      },
      stoppable: (stop) => {
        running.stop = stop;
      },
      end: () => this.#running.delete(running),
    };
  }

  /** A statement is being planned while `work` lasts: functions are loaded, environments built. */
  async plan<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#planning += 1;
    try {
      return await work();
    } finally {
      this.#planning -= 1;
    }
  }

  /** A statement runs that can be ended by a last checkpoint. */
  get stoppable(): boolean {
    return this.#stoppable !== undefined;
  }

  /**
   * Ends the statement that runs by a last checkpoint; no other is begun.
   * @throws {ConfigurationError} SAVEPOINT_UNSUPPORTED; as `StopJob`
   */
  async stop(by: LastCheckpoint): Promise<string> {
    const running = this.#stoppable;
    if (running === undefined) throw notStoppable();
    const path = await running.stop!(by);
    this.#isStopped = true;
    return path;
  }

  /** @throws {CancelledError} CANCELLED once it was stopped */
  throwIfStopped(): void {
    if (!this.#isStopped) return;
    throw new CancelledError('CANCELLED', 'The session was stopped before all of its statements.');
  }

  get #stoppable(): Running | undefined {
    return [...this.#running].find(({ stop }) => stop !== null);
  }

  status(): JobStatus {
    const workers = this.options.workers().map(workerStatus);
    const ofWorkers = workers.reduce((sum, { usedBytes }) => sum + (usedBytes ?? 0), 0);
    const latest = [...this.#running].at(-1);
    return {
      state: this.#state,
      mode: latest?.mode ?? null,
      rows: latest?.progress.rows ?? null,
      totalRows: latest?.progress.totalRows ?? null,
      seconds: latest === undefined ? null : Number(this.options.clock.monotonicNs() - latest.startNs) / 1e9,
      waitsFor: this.options.hasMemory() ? functionsIn(workers) : this.options.waitsFor(),
      usedBytes: process.memoryUsage.rss() + ofWorkers,
      workers,
    };
  }

  stacks(): Promise<readonly WorkerStack[]> {
    return Promise.all(this.options.workers().map(stackOf));
  }

  get #state(): JobStatus['state'] {
    if (!this.options.hasMemory()) return 'waiting';
    if (this.#running.size > 0) return this.isDraining ? 'draining' : 'running';
    return this.#planning > 0 ? 'planning' : 'idle';
  }
}

function notStoppable(): ConfigurationError {
  return new ConfigurationError('SAVEPOINT_UNSUPPORTED', 'Nothing runs in the job that takes savepoints.', {
    hint:
      'A streaming statement takes them where execution.checkpointing.savepoint-dir or execution.checkpointing.interval is ' +
      'set before it runs; between two attempts it has only its checkpoints.',
  });
}

function workerStatus(worker: Worker): WorkerStatus {
  const { usedBytes, capBytes } = worker.usage();
  const progress = worker.progress();
  return {
    id: worker.id,
    name: worker.name,
    kind: worker.kind,
    pid: worker.pid,
    usedBytes,
    capBytes,
    stage: progress?.stage ?? null,
    function: progress?.function ?? null,
  };
}

async function stackOf(worker: Worker): Promise<WorkerStack> {
  const text = await worker.dumpStack().catch(() => 'No stack: the worker ended.');
  const { id, name, pid, stage, function: running } = workerStatus(worker);
  return { id, name, pid, stage, function: running, text };
}

function functionsIn(workers: readonly WorkerStatus[]): string | null {
  const names = new Set(workers.flatMap(({ function: name }) => (name === null ? [] : [name])));
  return names.size === 0 ? null : [...names].sort().join(', ');
}
