/**
 * Caps by cgroup v1. The memory controller must be writable; pids and cpu are used where they are. The kernel kills
 * one process at a time here, perhaps only a child: the rest of the worker is ours to kill (`exceeded`).
 */
import { join } from 'node:path';
import { ownCgroupV1 } from './cgroup-paths.js';
import { CPU_PERIOD_US, killPids, notSet, PROBE_LIMITS, writeChecked } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';
import { limited } from './limited.js';
import { isNearCap } from './near-cap.js';
import { placeProcess } from './place-process.js';
import { sweepCgroups } from './sweep-cgroups.js';
import type { CapAdapter, CapLimits, CapUsage, MemoryKills, WorkerCap } from './worker-cap.js';

export class CgroupV1 implements CapAdapter {
  readonly level = 'cgroup-v1';
  readonly #files: FileTree;
  readonly #parents: Folders;

  private constructor(files: FileTree, parents: Folders) {
    this.#files = files;
    this.#parents = parents;
  }

  /** Groups are made below our own one; null where that, or setting a limit, is not possible. */
  static detect(files: FileTree, probe: string): CgroupV1 | null {
    const parents: Folders = {};
    for (const controller of CONTROLLERS) {
      const own = ownCgroupV1(files, controller);
      if (own !== null && canMakeGroup(files, join(own, probe))) {
        parents[controller] = own;
        sweepCgroups(files, own);
      }
    }
    if (parents.memory === undefined) {
      return null;
    }
    const adapter = new CgroupV1(files, parents);
    try {
      adapter.create(probe, PROBE_LIMITS).remove();
      return adapter;
    } catch {
      return null;
    }
  }

  get limitsProcesses(): boolean {
    return this.#parents.pids !== undefined;
  }

  folders(name: string): readonly string[] {
    return CONTROLLERS.flatMap((controller) => {
      const parent = this.#parents[controller];
      return parent === undefined ? [] : [join(parent, name)];
    });
  }

  close(): void {}

  create(name: string, limits: CapLimits): WorkerCap {
    return limited(new CgroupV1Cap(this.#files, this.#parents, name), limits);
  }
}

const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
type Folders = { [Controller in (typeof CONTROLLERS)[number]]?: string };

/** A charge that would go over the limit is refused and not counted in the peak. */
const LARGEST_CHARGE_BYTES = 1 << 20;

class CgroupV1Cap implements WorkerCap {
  readonly folders: readonly string[];
  readonly #files: FileTree;
  readonly #memory: string;
  readonly #pids: string | null;
  readonly #cpu: string | null;

  constructor(files: FileTree, parents: Folders, name: string) {
    this.#files = files;
    this.#memory = join(parents.memory!, name);
    this.#pids = parents.pids === undefined ? null : join(parents.pids, name);
    this.#cpu = parents.cpu === undefined ? null : join(parents.cpu, name);
    this.folders = [this.#memory, this.#pids, this.#cpu].filter((folder) => folder !== null);
    for (const folder of this.folders) {
      files.makeFolder(folder);
    }
  }

  limit(limits: CapLimits): void {
    const files = this.#files;
    writeChecked(files, join(this.#memory, 'memory.limit_in_bytes'), limits.memoryBytes);
    // Memory and swap together; absent where the kernel does not account for swap.
    const swap = join(this.#memory, 'memory.memsw.limit_in_bytes');
    if (files.read(swap) !== null) {
      writeChecked(files, swap, limits.memoryBytes);
    }
    if (limits.processes !== null) {
      writeChecked(files, this.#required(this.#pids, 'pids', 'pids.max'), limits.processes);
    }
    if (limits.cpus !== null) {
      writeChecked(files, this.#required(this.#cpu, 'cpu', 'cpu.cfs_period_us'), CPU_PERIOD_US);
      writeChecked(files, join(this.#cpu!, 'cpu.cfs_quota_us'), Math.round(limits.cpus * CPU_PERIOD_US));
    }
  }

  place(pid: number): boolean {
    return placeProcess(this.#files, this.folders, pid);
  }

  usage(): CapUsage {
    return {
      usedBytes: this.#files.readNumber(join(this.#memory, 'memory.usage_in_bytes')),
      peakBytes: this.#files.readNumber(join(this.#memory, 'memory.max_usage_in_bytes')),
    };
  }

  memoryKills(): MemoryKills {
    const kills = this.#kills();
    return kills > 0 && this.#reachedCap() ? { atCap: kills, belowCap: 0 } : { atCap: 0, belowCap: kills };
  }

  exceeded(): boolean {
    return this.#kills() > 0;
  }

  isNearCap(): boolean {
    return isNearCap(this.#files, {
      usage: join(this.#memory, 'memory.usage_in_bytes'),
      limit: join(this.#memory, 'memory.limit_in_bytes'),
      statistics: join(this.#memory, 'memory.stat'),
    });
  }

  killAll(): void {
    killPids(this.#files.readPids(join(this.#memory, 'cgroup.procs')));
  }

  afterExit(): void {
    this.killAll();
  }

  remove(): boolean {
    return this.folders.map((folder) => this.#files.removeFolder(folder)).every(Boolean);
  }

  #kills(): number {
    return this.#files.readKey(join(this.#memory, 'memory.oom_control'), 'oom_kill') ?? 0;
  }

  /** The kernel counts a kill here also where a group above, or the machine, was full. */
  #reachedCap(): boolean {
    return ['memory.max_usage_in_bytes', 'memory.memsw.max_usage_in_bytes'].some((file) => {
      const peak = this.#files.readNumber(join(this.#memory, file));
      const limit = this.#files.readNumber(join(this.#memory, 'memory.limit_in_bytes'));
      return peak !== null && limit !== null && peak > limit - LARGEST_CHARGE_BYTES;
    });
  }

  #required(folder: string | null, controller: string, file: string): string {
    if (folder === null) {
      throw notSet(`the cgroup controller ${controller}`, file, undefined);
    }
    return join(folder, file);
  }
}

function canMakeGroup(files: FileTree, path: string): boolean {
  try {
    files.makeFolder(path);
    return files.removeFolder(path);
  } catch {
    return false;
  }
}
