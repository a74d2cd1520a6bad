/**
 * Caps by a scope that the user's systemd makes and delegates to us: cgroup v2 in it, one group for each worker. For
 * users without a delegated group of their own, as after a login by ssh. Talks to systemd by `busctl`:
 * https://systemd.io/CGROUP_DELEGATION, org.freedesktop.systemd1(5).
 */
import { join } from 'node:path';
import { ownCgroupV2 } from './cgroup-paths.js';
import { CgroupV2Cap, enableControllers, handsOut } from './cgroup-v2.js';
import { PROBE_LIMITS } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';
import { limited } from './limited.js';
import { SCOPE_COMMANDS, type ScopeCommands, type ScopeHolder } from './scope-commands.js';
import type { CapAdapter, CapLimits, WorkerCap } from './worker-cap.js';

export class SystemdScope implements CapAdapter {
  readonly level = 'systemd-scope';
  readonly #files: FileTree;
  readonly #commands: ScopeCommands;
  readonly #unit: string;
  readonly #folder: string;
  readonly #holder: ScopeHolder;

  private constructor(
    files: FileTree,
    commands: ScopeCommands,
    unit: string,
    folder: string,
    holder: ScopeHolder,
  ) {
    this.#files = files;
    this.#commands = commands;
    this.#unit = unit;
    this.#folder = folder;
    this.#holder = holder;
  }

  /** Null where no systemd runs for this user, or it does not hand out the memory controller. */
  static detect(
    files: FileTree,
    probe: string,
    commands: ScopeCommands = SCOPE_COMMANDS,
  ): SystemdScope | null {
    // Asks the bus only where there is something to be had.
    if (ownCgroupV2(files) === null || !files.list('/run/systemd').includes('system')) return null;
    if (commands.run('busctl', ['--user', 'status']).status !== 0) return null;
    const holder = commands.hold();
    if (holder === null) return null;
    const unit = `${probe.replace(/-probe$/, '')}.scope`;
    const folder = startScope(files, commands, unit, holder.pid);
    if (folder !== null) {
      const adapter = new SystemdScope(files, commands, unit, folder, holder);
      try {
        adapter.#delegate();
        adapter.create(`${probe}-group`, PROBE_LIMITS).remove();
        return adapter;
      } catch {
        // Delegated in part only.
      }
    }
    holder.stop();
    return null;
  }

  get limitsProcesses(): boolean {
    return handsOut(this.#files, this.#folder, 'pids');
  }

  folders(name: string): readonly string[] {
    return [join(this.#folder, name)];
  }

  create(name: string, limits: CapLimits): WorkerCap {
    return limited(
      new CgroupV2Cap(this.#files, join(this.#folder, name), (pid) => this.#attach(pid)),
      limits,
    );
  }

  /** The scope ends with its last process. */
  close(): void {
    this.#holder.stop();
  }

  /** Groups with processes hand nothing to children: the holder goes into a leaf. */
  #delegate(): void {
    const leaf = join(this.#folder, 'holder');
    this.#files.makeFolder(leaf);
    this.#files.write(join(leaf, 'cgroup.procs'), String(this.#holder.pid));
    enableControllers(this.#files, this.#folder, 'memory', 'pids', 'cpu');
  }

  /** systemd may move a process from a login session into the scope, which we may not; inside we may. */
  #attach(pid: number): void {
    this.#commands.run('busctl', [
      ...CALL,
      'AttachProcessesToUnit',
      'ssau',
      this.#unit,
      '/holder',
      '1',
      String(pid),
    ]);
  }
}

const CALL = [
  '--user',
  'call',
  'org.freedesktop.systemd1',
  '/org/freedesktop/systemd1',
  'org.freedesktop.systemd1.Manager',
];
const WAITS = 400;

/** The scope's folder once the process is in it; null where systemd refuses. */
function startScope(files: FileTree, commands: ScopeCommands, unit: string, pid: number): string | null {
  const { status } = commands.run('busctl', [
    ...CALL,
    'StartTransientUnit',
    'ssa(sv)a(sa(sv))',
    unit,
    'fail',
    '4',
    ...['Description', 's', 'Workers of Millstream'],
    ...['Delegate', 'b', 'true'],
    ...['CollectMode', 's', 'inactive-or-failed'],
    ...['PIDs', 'au', '1', String(pid)],
    '0',
  ]);
  if (status !== 0) return null;
  for (let wait = 0; wait < WAITS; wait++) {
    const folder = ownCgroupV2(files, pid);
    if (folder?.endsWith(`/${unit}`) === true) return folder;
    commands.pause();
  }
  return null;
}
