/** One interface for all ways to cap a worker: a cap is made for each worker, holds its processes, and is removed. */
import type { CapLevel } from '../api.js';

/** Part of the cap above which a worker is near it. */
export const SOFT_SHARE = 0.85;

/** What to enforce. */
export interface CapLimits {
  readonly memoryBytes: number;
  /** Cores; null: no limit. */
  readonly cpus: number | null;
  /** Processes and threads; null: no limit. */
  readonly processes: number | null;
}

export interface CapUsage {
  /** Null where the kernel does not say. */
  readonly usedBytes: number | null;
  readonly peakBytes: number | null;
}

/** Processes killed for memory, by the kernel or by the watchdog. */
export interface MemoryKills {
  /** Of this worker, because it reached its cap. */
  readonly atCap: number;
  /** Because the machine, or a container around the worker, had no memory left: of this worker, or where the kernel does not say whose, of any. */
  readonly belowCap: number;
}

/** A way to enforce caps on this machine. */
export interface CapAdapter {
  readonly level: CapLevel;
  /** The number of processes can be limited. */
  readonly limitsProcesses: boolean;
  /** Cgroup folders that `create(name, …)` will make. */
  folders(name: string): readonly string[];
  /** Makes a cap; `name` is unique among the workers of all bridges. @throws {EnvironmentError} CAP_NOT_SET. */
  create(name: string, limits: CapLimits): WorkerCap;
  /** Gives back what the adapter itself holds. */
  close(): void;
}

/** The cap of one worker. All calls are short reads and writes of kernel files, done at once. */
export interface WorkerCap {
  /** Cgroup folders that hold the worker, for whoever cleans up if the core dies. */
  readonly folders: readonly string[];
  /**
   * Puts a process, and all that it will fork, under the cap; false where it has ended meanwhile.
   * @throws {EnvironmentError} CAP_NOT_SET.
   */
  place(pid: number): boolean;
  usage(): CapUsage;
  memoryKills(): MemoryKills;
  /** Looks once; true when the worker has exceeded its memory and what is left of it must be killed. */
  exceeded(): boolean;
  /** More than `SOFT_SHARE` of the memory is used, without what the kernel can take back; only while `exceeded` is false. */
  isNearCap(): boolean;
  /** Kills every process under the cap. */
  killAll(): void;
  /** The first process was waited for, so its id may be taken by another one: kills what it left behind. */
  afterExit(): void;
  /** Removes the cap; false while processes still hold it: call again. */
  remove(): boolean;
}
