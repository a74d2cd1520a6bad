/** Starts workers under caps and keeps them. One bridge serves one job or session. */
import { randomBytes } from 'node:crypto';
import { CancelledError } from '../core/index.js';
import type { BridgeOptions, CapLevel, Graces, Worker, WorkerPython, WorkerSpec } from './api.js';
import { whyNotTried } from './isolation/detect.js';
import { isolationRefused } from './isolation/sandbox-process.js';
import { detectCaps } from './limits/detect.js';
import type { CapAdapter, WorkerCap } from './limits/worker-cap.js';
import type { UnfinishedPaths } from './protocol/zygote.js';
import { memoryFolders } from './shared-memory/memory-file-system.js';
import { SharedMemory } from './shared-memory/shared-memory.js';
import { ManagedWorker } from './worker.js';
import { type HostPlace, WorkerHosts } from './worker-hosts.js';

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
  readonly #sharedMemory: SharedMemory | null;
  readonly #hosts: WorkerHosts;
  readonly #workers = new Set<ManagedWorker>();
  readonly #removals = new Set<Promise<void>>();
  #nextEpoch = 1;
  #closing: Promise<void> | null = null;

  private constructor(options: BridgeOptions) {
    this.#options = options;
    this.#graces = { ...DEFAULT_GRACES, ...options.graces };
    const { isolation = null } = options;
    const reason = isolation === null ? null : whyNotTried();
    if (reason !== null) throw isolationRefused(reason);
    this.#caps = detectCaps({
      probe: `${this.#name}-probe`,
      level: options.capLevel ?? null,
      requireHard: options.requireHardCaps === true || isolation?.level === 'strict',
    });
    const { sharedMemoryBytes = 0, sharedMemoryFolders = memoryFolders() } = options;
    // Checksums are of what goes through sockets; and who is strict lets no function write to what another reads.
    const isShared = options.checksum !== true && isolation?.level !== 'strict';
    this.#sharedMemory = SharedMemory.open(isShared ? sharedMemoryBytes : 0, sharedMemoryFolders);
    this.#hosts = new WorkerHosts(options, this.#sharedMemory);
  }

  /**
   * Chooses the private folder for sockets and finds out how caps are enforced; starts no process yet.
   * @throws {EnvironmentError} CAP_LEVEL, SOCKET_FOLDER, ISOLATION_LEVEL.
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
    return this.#hosts.guard(paths);
  }

  /** Those that run, in the order of their starts. */
  get workers(): readonly Worker[] {
    return [...this.#workers];
  }

  /** Begins to import what such workers need, so that the first one starts in milliseconds. */
  prepare(kind: WorkerSpec['kind'], python: WorkerPython | null = null): void {
    if (this.#closing === null) this.#hosts.prepare({ kind, python, sandbox: null });
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
    const place = this.#hosts.place(spec);
    const { host, endpoints } = place;
    // Said before they are made: the core may die at any moment.
    const cgroups = this.#caps.folders(name);
    host.own(cgroups);
    this.#options.leftovers?.own({ cgroups, folders: [] });
    const processes = this.#caps.limitsProcesses ? spec.processes : null;
    const cap = this.#caps.create(name, { ...spec, processes });
    return ManagedWorker.start(
      {
        spec: { ...spec, processes },
        epoch,
        host,
        cap,
        capLevel: this.capLevel,
        endpoints,
        sharedMemory: this.#sharedMemory,
        bridge: this.#options,
        graces: this.#graces,
        onEnd: (worker) => this.#onWorkerEnd(worker, cap, place),
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
    const killed = [...this.#workers].map((worker) => worker.kill({ kind: 'cancelled' }));
    await Promise.all([...killed, this.#hosts.end(true)]);
    await this.#removeAll();
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
    await this.#hosts.end(false);
    await this.#removeAll();
  }

  async #removeAll(): Promise<void> {
    await Promise.all(this.#removals);
    this.#sharedMemory?.close();
    this.#caps.close();
    this.#hosts.removeSockets();
  }

  #onWorkerEnd(worker: ManagedWorker, cap: WorkerCap, place: HostPlace): void {
    this.#workers.delete(worker);
    place.endpoints.unlink(`${worker.id}.c`);
    place.endpoints.unlink(`${worker.id}.d`);
    const removal = Promise.all([this.#remove(cap), this.#hosts.leave(place)]).then(() => {
      this.#removals.delete(removal);
    });
    this.#removals.add(removal);
  }

  async #remove(cap: WorkerCap): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (cap.remove()) return this.#options.leftovers?.disown({ cgroups: cap.folders, folders: [] });
      await new Promise<void>((resolve) => {
        setTimeout(resolve, REMOVE_RETRY_MS);
      });
      cap.afterExit();
    }
  }
}
