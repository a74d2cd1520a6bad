/**
 * Caps by cgroup v2, in a subtree that was delegated to us. `memory.oom.group` lets the kernel kill a worker whole.
 * Groups with processes cannot hand controllers to children, so ours may first have to move into a leaf.
 */
import { dirname, join } from 'node:path';
import { ownCgroupV2 } from './cgroup-paths.js';
import { CPU_PERIOD_US, killPids, notSet, writeChecked } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';
import type { CapAdapter, CapLimits, CapUsage, WorkerCap } from './worker-cap.js';

export class CgroupV2 implements CapAdapter {
  readonly level = 'cgroup-v2';
  readonly #files: FileTree;
  readonly #parent: string;

  private constructor(files: FileTree, parent: string) {
    this.#files = files;
    this.#parent = parent;
  }

  /** Makes a group for the bridge; null where no writable group can hand out the memory controller. */
  static detect(files: FileTree, bridge: string): CgroupV2 | null {
    const own = ownCgroupV2(files);
    const base = own === null ? null : findBase(files, own);
    if (base === null) {
      return null;
    }
    const adapter = new CgroupV2(files, join(base, bridge));
    try {
      files.makeFolder(adapter.#parent);
      enableControllers(files, adapter.#parent);
      adapter.create('probe', { memoryBytes: 64 << 20, cpus: null, processes: null }).remove();
      return adapter;
    } catch {
      adapter.close();
      return null;
    }
  }

  create(name: string, limits: CapLimits): WorkerCap {
    const cap = new CgroupV2Cap(this.#files, join(this.#parent, name));
    try {
      cap.limit(limits);
    } catch (error) {
      cap.remove();
      throw error;
    }
    return cap;
  }

  close(): void {
    this.#files.removeFolder(this.#parent);
  }
}

class CgroupV2Cap implements WorkerCap {
  readonly folders: readonly string[];
  readonly #files: FileTree;
  readonly #folder: string;

  constructor(files: FileTree, folder: string) {
    this.#files = files;
    this.#folder = folder;
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

  place(pid: number): void {
    const path = this.#path('cgroup.procs');
    try {
      this.#files.write(path, String(pid));
    } catch (error) {
      throw notSet(path, pid, error);
    }
    if (!this.#files.readPids(path).includes(pid)) {
      throw notSet(path, pid, undefined);
    }
  }

  usage(): CapUsage {
    return {
      usedBytes: this.#files.readNumber(this.#path('memory.current')),
      // Since Linux 5.19.
      peakBytes: this.#files.readNumber(this.#path('memory.peak')),
    };
  }

  memoryKills(): number {
    return this.#files.readKey(this.#path('memory.events'), 'oom_kill') ?? 0;
  }

  exceeded(): boolean {
    return this.memoryKills() > 0;
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
  if (givesMemory(files, own)) {
    return own;
  }
  // A leaf whose parent was delegated to us.
  const parent = dirname(own);
  if (givesMemory(files, parent)) {
    return parent;
  }
  const controllers = files.read(join(own, 'cgroup.controllers')) ?? '';
  return controllers.split(' ').includes('memory') && moveIntoLeaf(files, own) ? own : null;
}

function givesMemory(files: FileTree, folder: string): boolean {
  return (files.read(join(folder, 'cgroup.subtree_control')) ?? '').split(' ').includes('memory');
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
    enableControllers(files, own);
    return true;
  } catch {
    return false;
  }
}

function enableControllers(files: FileTree, folder: string): void {
  const path = join(folder, 'cgroup.subtree_control');
  files.write(path, '+memory');
  for (const controller of ['+pids', '+cpu']) {
    try {
      files.write(path, controller);
    } catch {
      // Not delegated; a limit that needs it is refused when it is set.
    }
  }
}
