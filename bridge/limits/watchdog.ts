/**
 * Caps where the kernel offers none: the process tree's memory is sampled, and the worker is killed at its cap. It
 * can overshoot by what is allocated between two samples; cpus and processes are not enforced.
 */
import { killPids } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';
import { kernelMemoryKills } from './kernel-memory-kills.js';
import { processTree, proportionalBytes, residentBytes } from './process-tree.js';
import {
  type CapAdapter,
  type CapLimits,
  type CapUsage,
  type MemoryKills,
  SOFT_SHARE,
  type WorkerCap,
} from './worker-cap.js';

export class Watchdog implements CapAdapter {
  readonly level = 'watchdog';
  readonly limitsProcesses = false;
  readonly #files: FileTree;

  constructor(files: FileTree) {
    this.#files = files;
  }

  folders(): readonly string[] {
    return [];
  }

  close(): void {}

  create(_name: string, limits: CapLimits): WorkerCap {
    return new WatchdogCap(this.#files, limits.memoryBytes);
  }
}

class WatchdogCap implements WorkerCap {
  readonly folders = [];
  readonly #files: FileTree;
  readonly #capBytes: number;
  #pid: number | null = null;
  #usedBytes: number | null = null;
  #peakBytes: number | null = null;
  #kills = 0;
  readonly #kernelKillsBefore: number;

  constructor(files: FileTree, capBytes: number) {
    this.#files = files;
    this.#capBytes = capBytes;
    this.#kernelKillsBefore = kernelMemoryKills(files);
  }

  place(pid: number): boolean {
    this.#pid = pid;
    return true;
  }

  usage(): CapUsage {
    return { usedBytes: this.#usedBytes, peakBytes: this.#peakBytes };
  }

  memoryKills(): MemoryKills {
    return { atCap: this.#kills, belowCap: kernelMemoryKills(this.#files) - this.#kernelKillsBefore };
  }

  exceeded(): boolean {
    if (this.#pid === null || this.#kills > 0) {
      return this.#kills > 0;
    }
    const pids = processTree(this.#files, this.#pid);
    let bytes = residentBytes(this.#files, pids);
    // Shared pages are divided only where it matters.
    if (bytes > this.#capBytes * SOFT_SHARE) {
      bytes = proportionalBytes(this.#files, pids);
    }
    this.#usedBytes = bytes;
    this.#peakBytes = Math.max(bytes, this.#peakBytes ?? 0);
    if (bytes <= this.#capBytes) {
      return false;
    }
    this.#kills = 1;
    return true;
  }

  isNearCap(): boolean {
    return (this.#usedBytes ?? 0) > this.#capBytes * SOFT_SHARE;
  }

  killAll(): void {
    if (this.#pid !== null) {
      killPids(processTree(this.#files, this.#pid));
    }
  }

  /** Orphans belong to the zygote, which kills the worker's group. */
  afterExit(): void {
    this.#pid = null;
  }

  remove(): boolean {
    return true;
  }
}
