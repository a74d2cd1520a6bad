/** Function workers of one environment and one size: started when asked for, kept warm, ended together. */
import type { Bridge, ProcessLimits, Worker, WorkerPython } from '../bridge/index.js';
import { type GpuDevices, type GpuLease, type IdleTimeout, IdleTimer, ResourceError } from '../core/index.js';
import type { ModuleSources } from './environments/module-sources.js';
import type { WorkerVariables } from './environments/worker-variables.js';
import { SpareWorker } from './spare-worker.js';

/** A worker and what has been imported there: targets by function name. */
export interface Member {
  readonly worker: Worker;
  readonly loaded: Map<string, string>;
}

/** One that has been started; `index` is null while it is a spare. */
interface LaunchedMember extends Member {
  index: number | null;
  hasEnded: boolean;
}

/** What the functions of an environment, or the one of a sandbox, were read from. */
export interface Home {
  readonly key: string;
  readonly python: WorkerPython | null;
  /** The function that has the sandbox of its workers for itself; null: it is shared. */
  readonly sandbox: string | null;
  /** Names its workers, where it is not the usual one. */
  label: string | null;
  /** Of what its workers have imported. */
  readonly sources: ModuleSources;
  /** Counts up whenever its code changes: what its workers said of functions may no longer be true. */
  generation: number;
}

/** What each worker of a group is given. */
export interface WorkerSize {
  /** Hard cap. */
  readonly memoryBytes: number;
  readonly cpus: number | null;
  readonly gpus: number | null;
}

export interface WorkerGroupOptions {
  readonly bridge: Bridge;
  readonly workingDirectory: string;
  readonly variables: WorkerVariables;
  readonly gpus: GpuDevices;
  /** Beside memory and cores; absent: none. */
  readonly limits?: ProcessLimits;
  /** Asks for the memory of one more worker; throws a ResourceError with the arithmetic. Returns how to give it back. */
  readonly reserve: (name: string, memoryBytes: number) => () => void;
  /** How long a group without work keeps its workers; absent: until it is ended. */
  readonly idle?: IdleTimeout | undefined;
}

const NO_LIMITS: ProcessLimits = { processes: null, openFiles: null, fileBytes: null };

export class WorkerGroup {
  readonly running: Worker[] = [];
  /** Jobs, and questions of the planner, that use it: it must not be ended. */
  users = 0;
  readonly #idling: IdleTimer | null;
  /** Names its workers; null: as its environment. */
  label: string | null = null;
  /** Memory granted to a job for workers that have not been started yet. */
  readonly #reserved: (() => void)[] = [];
  readonly #members: Promise<Member>[] = [];
  #size: WorkerSize | null = null;
  /** A worker has died in the job that runs. */
  #hasLost = false;
  #spares = 0;
  readonly #spare = new SpareWorker<LaunchedMember>({
    // Not from what is granted for those that have died: their replacements need that.
    start: () => this.#launch(this.#members.length + ++this.#spares, []),
    ended: ({ worker }) => worker.ended,
    // No function is open in it.
    kill: ({ worker }) => worker.kill({ kind: 'cancelled' }),
  });

  constructor(
    readonly home: Home,
    private readonly options: WorkerGroupOptions,
  ) {
    this.#idling = options.idle === undefined ? null : new IdleTimer(options.idle, () => void this.end());
  }

  /** Somebody uses its workers until the returned function is called. */
  use(): () => void {
    this.users += 1;
    this.#idling?.stop();
    return () => {
      this.users -= 1;
      if (this.users > 0) return;
      this.returnUnused();
      if (this.running.length > 0) this.#idling?.start();
    };
  }

  /** What its workers are given; null before that is known. */
  get size(): WorkerSize | null {
    return this.#size;
  }

  /** Gives its workers another size: ends those that have not got it. The group has no users. */
  async resize(size: WorkerSize): Promise<void> {
    const isSame =
      this.#size !== null &&
      size.memoryBytes === this.#size.memoryBytes &&
      size.cpus === this.#size.cpus &&
      size.gpus === this.#size.gpus;
    this.#size = size;
    if (!isSame) await this.end();
  }

  /**
   * Where a worker has died in a job, another waits from then on, with the modules imported that `warm` loads: the next
   * death costs no start. It has memory of its own, reserved; where that is taken there is none.
   */
  keepSpare(warm: (member: Member) => Promise<unknown>): void {
    if (this.#hasLost && this.users > 0) this.#spare.prepare(warm);
  }

  /** Memory for one more worker, granted before it starts. */
  grant(giveBack: () => void): void {
    this.#reserved.push(giveBack);
  }

  /** The last job that used it has ended: gives back what was granted and not used. */
  returnUnused(): void {
    for (const giveBack of this.#reserved.splice(0)) giveBack();
    this.#hasLost = false;
    void this.endSpare();
  }

  /** Its `index`th worker, started where it does not run. */
  member(index: number): Promise<Member> {
    this.#members[index] ??= this.#start(index);
    return this.#members[index];
  }

  /** Ends its workers; it starts others when it is needed again. */
  async end(): Promise<void> {
    await Promise.all([this.endSpare(), ...this.running.map((worker) => worker.stop())]);
  }

  /** Ends the worker that waits for a death, where there is one. */
  endSpare(): Promise<void> {
    return this.#spare.end();
  }

  async #start(index: number): Promise<Member> {
    try {
      const member = (await this.#takeSpare()) ?? (await this.#launch(index + 1));
      member.index = index;
      this.running.push(member.worker);
      return member;
    } catch (error) {
      delete this.#members[index];
      throw error;
    }
  }

  /** A spare has memory of its own: what was granted for the worker that it stands in for is given back. */
  async #takeSpare(): Promise<LaunchedMember | null> {
    const spare = await this.#spare.take();
    if (spare === null || spare.hasEnded) return null;
    this.#reserved.pop()?.();
    return spare;
  }

  /** Starts a worker, which is a spare one until it has an index. */
  async #launch(number: number, granted: (() => void)[] = this.#reserved): Promise<LaunchedMember> {
    const { home, options } = this;
    const size = this.#size!;
    const name = `${this.label ?? home.label ?? 'python'}-${number}`;
    const giveBack = granted.pop() ?? options.reserve(name, size.memoryBytes);
    let devices: GpuLease | null = null;
    const release = () => {
      devices?.release();
      giveBack();
    };
    try {
      devices = this.#takeDevices(size.gpus);
      const { environment, inherited } = options.variables;
      const worker = await options.bridge.startWorker({
        kind: 'function',
        name,
        memoryBytes: size.memoryBytes,
        cpus: size.cpus,
        ...(options.limits ?? NO_LIMITS),
        workingDirectory: options.workingDirectory,
        python: home.python,
        sandbox: home.sandbox,
        inherited,
        environment:
          devices === null
            ? environment
            : { ...environment, CUDA_VISIBLE_DEVICES: devices.devices.join(',') },
      });
      const member: LaunchedMember = { worker, loaded: new Map(), index: null, hasEnded: false };
      // A dead worker is replaced the next time somebody asks for it; a job keeps its memory for that.
      void worker.ended.then((verdict) => {
        member.hasEnded = true;
        if (member.index === null) return release();
        delete this.#members[member.index];
        this.running.splice(this.running.indexOf(worker), 1);
        if (this.running.length === 0) this.#idling?.stop();
        if (this.users === 0) return release();
        if (verdict !== null) this.#hasLost = true;
        devices?.release();
        this.grant(giveBack);
      });
      return member;
    } catch (error) {
      release();
      throw error;
    }
  }

  #takeDevices(gpus: number | null): GpuLease | null {
    if (gpus === null) return null;
    const lease = this.options.gpus.take(gpus);
    if (lease !== null) return lease;
    throw new ResourceError('RESOURCES_TAKEN', `No GPU is free for a worker that needs ${gpus}.`, {
      hint: "Let the job that has them end first, or name more devices with 'millstream.gpus'.",
    });
  }
}
