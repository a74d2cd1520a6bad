/**
 * Caps by cgroup v2, in a subtree that was delegated to us. `memory.oom.group` lets the kernel kill a worker whole.
 * Groups with processes cannot hand controllers to children, so ours may first have to move into a leaf.
 */
import { dirname, join } from 'node:path';
import { ownCgroupV2 } from './cgroup-paths.js';
import { CPU_PERIOD_US, killPids, notSet, PROBE_LIMITS, writeChecked } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';
import { limited } from './limited.js';
import { isNearCap } from './near-cap.js';
import { placeProcess } from './place-process.js';
import { sweepCgroups } from './sweep-cgroups.js';
import type { CapAdapter, CapLimits, CapUsage, MemoryKills, WorkerCap } from './worker-cap.js';

export class CgroupV2 implements CapAdapter {
  readonly level = 'cgroup-v2';
  readonly #files: FileTree;
  readonly #parent: string;

  private constructor(files: FileTree, parent: string) {
    this.#files = files;
    this.#parent = parent;
  }

  /** Null where no writable group can hand out the memory controller. */
  static detect(files: FileTree, probe: string): CgroupV2 | null {
    const own = ownCgroupV2(files);
    const base = own === null ? null : findBase(files, own);
    if (base === null) {
      return null;
    }
    sweepCgroups(files, base);
    const adapter = new CgroupV2(files, base);
    try {
      adapter.create(probe, PROBE_LIMITS).remove();
      return adapter;
    } catch {
      return null;
    }
  }

  get limitsProcesses(): boolean {
    return handsOut(this.#files, this.#parent, 'pids');
  }

  folders(name: string): readonly string[] {
    return [join(this.#parent, name)];
  }

  close(): void {}

  create(name: string, limits: CapLimits): WorkerCap {
    return limited(new CgroupV2Cap(this.#files, join(this.#parent, name)), limits);
  }
}

/** A group of its own for each worker; `attach` has somebody with more rights bring a process near. */
export class CgroupV2Cap implements WorkerCap {
  readonly folders: readonly string[];
  readonly #files: FileTree;
  readonly #folder: string;

  readonly #attach: ((pid: number) => void) | null;

  constructor(files: FileTree, folder: string, attach: ((pid: number) => void) | null = null) {
    this.#files = files;
    this.#folder = folder;
    this.#attach = attach;
    this.folders = [folder];
    files.makeFolder(folder);
  }

  limit(limits: CapLimits): void {
    writeChecked(this.#files, this.#path('memory.max'), limits.memoryBytes);
    this.#writeIfPresent('memory.swap.max', '0');
    this.#writeIfPresent('memory.oom.group', '1');
    if (limits.processes !== null) {
      writeChecked(this.#files, this.#path('pids.max'), limits.processes);
    }
    if (limits.cpus !== null) {
      this.#writeQuota(`${Math.round(limits.cpus * CPU_PERIOD_US)} ${CPU_PERIOD_US}`);
    }
  }

  place(pid: number): boolean {
    try {
      return placeProcess(this.#files, this.folders, pid);
    } catch (error) {
      if (this.#attach === null) throw error;
      this.#attach(pid);
      return placeProcess(this.#files, this.folders, pid);
    }
  }

  usage(): CapUsage {
    return {
      usedBytes: this.#files.readNumber(this.#path('memory.current')),
      // Since Linux 5.19.
      peakBytes: this.#files.readNumber(this.#path('memory.peak')),
    };
  }

  /** `oom` is counted in the group that was full, `oom_kill` in the groups of those that were killed for it. */
  memoryKills(): MemoryKills {
    const kills = this.#kills();
    const reachedCap = (this.#files.readKey(this.#path('memory.events'), 'oom') ?? 0) > 0;
    return reachedCap ? { atCap: kills, belowCap: 0 } : { atCap: 0, belowCap: kills };
  }

  exceeded(): boolean {
    return this.#kills() > 0;
  }

  isNearCap(): boolean {
    return isNearCap(this.#files, {
      usage: this.#path('memory.current'),
      limit: this.#path('memory.max'),
      statistics: this.#path('memory.stat'),
    });
  }

  killAll(): void {
    try {
      // Since Linux 5.14.
      this.#files.write(this.#path('cgroup.kill'), '1');
    } catch {
      killPids(this.#files.readPids(this.#path('cgroup.procs')));
    }
  }

  afterExit(): void {
    this.killAll();
  }

  remove(): boolean {
    return this.#files.removeFolder(this.#folder);
  }

  #kills(): number {
    return this.#files.readKey(this.#path('memory.events'), 'oom_kill') ?? 0;
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  #writeIfPresent(file: string, text: string): void {
    if (this.#files.read(this.#path(file)) !== null) {
      this.#files.write(this.#path(file), text);
    }
  }

  #writeQuota(quota: string): void {
    const path = this.#path('cpu.max');
    try {
      this.#files.write(path, quota);
    } catch (error) {
      throw notSet(path, quota, error);
    }
    if (this.#files.read(path) !== quota) {
      throw notSet(path, quota, undefined);
    }
  }
}

/** A group that gives, or can be made to give, the memory controller to its children. */
function findBase(files: FileTree, own: string): string | null {
  // Our own group, or its parent where we are in a leaf of a subtree that was delegated to us.
  const base = [own, dirname(own)].find((folder) => lists(files, folder, 'cgroup.subtree_control', 'memory'));
  if (base !== undefined) {
    enableControllers(files, base, 'pids', 'cpu');
    return base;
  }
  return lists(files, own, 'cgroup.controllers', 'memory') && moveIntoLeaf(files, own) ? own : null;
}

/** Only where the group holds nobody but this process: others are not ours to move. */
function moveIntoLeaf(files: FileTree, own: string): boolean {
  const pids = files.readPids(join(own, 'cgroup.procs'));
  if (pids.length !== 1 || pids[0] !== process.pid) {
    return false;
  }
  const leaf = join(own, 'millstream-core');
  try {
    files.makeFolder(leaf);
    files.write(join(leaf, 'cgroup.procs'), String(process.pid));
  } catch {
    return false;
  }
  enableControllers(files, own, 'memory', 'pids', 'cpu');
  return lists(files, own, 'cgroup.subtree_control', 'memory');
}

/** Hands controllers to children. One that was not delegated is missed when a limit needs it. */
export function enableControllers(files: FileTree, folder: string, ...controllers: readonly string[]): void {
  for (const controller of controllers) {
    try {
      files.write(join(folder, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // Not delegated.
    }
  }
}

function lists(files: FileTree, folder: string, file: string, controller: string): boolean {
  return (files.read(join(folder, file)) ?? '').split(' ').includes(controller);
}

/** Whether groups below `folder` have a controller. */
export function handsOut(files: FileTree, folder: string, controller: string): boolean {
  return (files.read(join(folder, 'cgroup.subtree_control')) ?? '').split(' ').includes(controller);
}
