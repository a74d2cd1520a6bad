/** Starts workers under caps and keeps them. One bridge serves one job or session. */
import { randomBytes } from 'node:crypto';
import { CancelledError } from '../core/index.js';
import type { BridgeOptions, CapLevel, Graces, Worker, WorkerPython, WorkerSpec } from './api.js';
import { ColdStart } from './cold-start.js';
import { EndpointFolder } from './endpoint-folder.js';
import { detectCaps } from './limits/detect.js';
import type { CapAdapter, WorkerCap } from './limits/worker-cap.js';
import type { UnfinishedPaths } from './protocol/zygote.js';
import type { PythonCommand } from './python-command.js';
import { memoryFolders } from './shared-memory/memory-file-system.js';
import { SharedMemory } from './shared-memory/shared-memory.js';
import { ManagedWorker } from './worker.js';
import type { WorkerHost } from './worker-host.js';
import { Zygote } from './zygote.js';
import { startZygoteProcess } from './zygote-process.js';

const DEFAULT_GRACES: Graces = {
  helloMs: 30_000,
  initMs: 300_000,
  shutdownMs: 5_000,
  terminateMs: 2_000,
  abortMs: 400,
  stuckMs: 10_000,
  cancelMs: 500,
};
/** A cgroup can be removed once the kernel has reaped its processes. */
const REMOVE_RETRY_MS = 10;

export class Bridge {
  /** Begins the names of its cgroups. */
  readonly #name = `millstream-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #options: BridgeOptions;
  readonly #graces: Graces;
  readonly #caps: CapAdapter;
  readonly #endpoints: EndpointFolder;
  readonly #sharedMemory: SharedMemory | null;
  /** By kind, and by environment where there is one. */
  readonly #hosts = new Map<string, WorkerHost>();
  readonly #workers = new Set<ManagedWorker>();
  readonly #removals = new Set<Promise<void>>();
  readonly #guarded = new Map<string, UnfinishedPaths>();
  #nextEpoch = 1;
  #closing: Promise<void> | null = null;

  private constructor(options: BridgeOptions) {
    this.#options = options;
    this.#graces = { ...DEFAULT_GRACES, ...options.graces };
    this.#endpoints = EndpointFolder.choose();
    this.#caps = detectCaps({
      probe: `${this.#name}-probe`,
      level: options.capLevel ?? null,
      requireHard: options.requireHardCaps ?? false,
    });
    const { sharedMemoryBytes = 0, sharedMemoryFolders = memoryFolders() } = options;
    const sharedBytes = options.checksum === true ? 0 : sharedMemoryBytes;
    this.#sharedMemory = SharedMemory.open(sharedBytes, sharedMemoryFolders);
  }

  /**
   * Chooses the private folder for sockets and finds out how caps are enforced; starts no process yet.
   * @throws {EnvironmentError} CAP_LEVEL, SOCKET_FOLDER.
   */
  static start(options: BridgeOptions): Bridge {
    return new Bridge(options);
  }

  /** Where large batches lie; null: they are copied through sockets. */
  get sharedMemoryFolder(): string | null {
    return this.#sharedMemory?.path ?? null;
  }

  /** How this bridge caps its workers. */
  get capLevel(): CapLevel {
    return this.#caps.level;
  }

  /**
   * Has `paths` removed if this process dies before the returned function is called. They are absolute; call it before
   * they are made.
   */
  guard(paths: UnfinishedPaths): () => void {
    const name = randomBytes(8).toString('hex');
    this.#guarded.set(name, paths);
    for (const host of this.#hosts.values()) host.guard(name, paths);
    return () => {
      this.#guarded.delete(name);
      for (const host of this.#hosts.values()) host.release(name);
    };
  }

  /** Begins to import what workers of this kind need, so that the first one starts in milliseconds. */
  prepare(kind: WorkerSpec['kind'], environment: WorkerPython | null = null): void {
    if (this.#closing === null) this.#host(kind, environment);
  }

  /**
   * Starts a worker; resolves once it is connected.
   * @throws {WorkerError} WORKER_START, WORKER_OOM; {EnvironmentError} PYTHON_NOT_FOUND, PYTHON_PACKAGES, CAP_NOT_SET.
   */
  async startWorker(spec: WorkerSpec): Promise<Worker> {
    if (this.#closing !== null) {
      throw new CancelledError('CANCELLED', `Worker ${spec.name} was not started: the bridge is closed.`);
    }
    const epoch = this.#nextEpoch++;
    const name = `${this.#name}-w${epoch}`;
    const host = this.#host(spec.kind, spec.python);
    // Said before they are made: the core may die at any moment.
    host.own(this.#caps.folders(name));
    const cap = this.#caps.create(name, spec);
    return ManagedWorker.start(
      {
        spec,
        epoch,
        host,
        cap,
        capLevel: this.capLevel,
        endpoints: this.#endpoints,
        sharedMemory: this.#sharedMemory,
        bridge: this.#options,
        graces: this.#graces,
        onEnd: (worker) => this.#onWorkerEnd(worker, cap),
      },
      (worker) => this.#workers.add(worker),
    );
  }

  /** Stops all workers and the zygotes, and removes sockets and cgroups. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same without waiting for anything that still starts; functions that run are interrupted and closed. */
  abort(): Promise<void> {
    this.#closing ??= this.#abort();
    return this.#closing;
  }

  async #abort(): Promise<void> {
    await this.#terminateWorkers();
    const hosts = [...this.#hosts.values()];
    await Promise.all([
      ...[...this.#workers].map((worker) => worker.kill({ kind: 'cancelled' })),
      ...hosts.map((host) => host.abort()),
    ]);
    await Promise.all(this.#removals);
    this.#sharedMemory?.close();
    this.#caps.close();
    this.#endpoints.remove();
  }

  /** Lets functions close; workers that still start, and those that take longer than the grace, are left. */
  async #terminateWorkers(): Promise<void> {
    const ended = Promise.all([...this.#workers].map((worker) => worker.terminate({ kind: 'cancelled' })));
    let cancel = () => {};
    const grace = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(this.#graces.abortMs, resolve);
    });
    await Promise.race([ended, grace]);
    cancel();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
    await Promise.all(this.#removals);
    this.#sharedMemory?.close();
    this.#caps.close();
    this.#endpoints.remove();
  }

  #host(kind: WorkerSpec['kind'], environment: WorkerPython | null): WorkerHost {
    const key = environment === null ? kind : `${kind}-${environment.key}`;
    let host = this.#hosts.get(key);
    if (host === undefined || host.hasEnded) {
      host = this.#startHost(kind, key, environment);
      this.#hosts.set(key, host);
      for (const [name, paths] of this.#guarded) host.guard(name, paths);
      // The zygote knows of it by now: a core that is killed here leaves nothing.
      this.#endpoints.make();
    }
    return host;
  }

  #startHost(kind: WorkerSpec['kind'], key: string, environment: WorkerPython | null): WorkerHost {
    const { pythonPath = [], temporaryFolders = [], onLog } = this.#options;
    const {
      useZygote = process.platform === 'linux',
      earlyZygotes,
      diagnose = async () => {},
    } = this.#options;
    const command: PythonCommand = {
      python: environment?.executable ?? this.#options.python,
      pythonPath,
      // Packages on the path of the core are not those of the environment.
      isIsolated: environment?.isBuilt ?? false,
    };
    return useZygote
      ? Zygote.start({
          ...command,
          process: earlyZygotes?.take(command, kind) ?? startZygoteProcess(command, kind),
          diagnose: environment?.isBuilt === true ? async () => {} : diagnose,
          folders: [
            this.#endpoints.path,
            ...(this.#sharedMemory === null ? [] : [this.#sharedMemory.path]),
            ...temporaryFolders,
          ],
          onText: (text) =>
            onLog({
              worker: `zygote-${key}`,
              source: 'stderr',
              level: 'INFO',
              function: null,
              text,
              dropped: 0,
            }),
        })
      : new ColdStart(command);
  }

  #onWorkerEnd(worker: ManagedWorker, cap: WorkerCap): void {
    this.#workers.delete(worker);
    this.#endpoints.unlink(`${worker.id}.c`);
    this.#endpoints.unlink(`${worker.id}.d`);
    const removal = this.#remove(cap).then(() => {
      this.#removals.delete(removal);
    });
    this.#removals.add(removal);
  }

  async #remove(cap: WorkerCap): Promise<void> {
    for (let attempt = 0; attempt < 200 && !cap.remove(); attempt++) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, REMOVE_RETRY_MS);
      });
      cap.afterExit();
    }
  }
}
