import { afterEach, describe, expect, it } from 'vitest';
import type { ScopeCommands } from '../../../bridge/limits/scope-commands.js';
import { SystemdScope } from '../../../bridge/limits/systemd-scope.js';
import { RecordedTree } from './recorded-tree.js';

const HOLDER = 4242;
const SLICE = '/user.slice/user-1000.slice/user@1000.service/app.slice';
const SCOPE = `/sys/fs/cgroup${SLICE}/millstream-1-ab.scope`;
const LIMITS = { memoryBytes: 256 << 20, cpus: 0.5, processes: 64 };
/** After a login by ssh: the session's group is the system's. */
const LOGIN = {
  '/proc/self/cgroup': '0::/user.slice/user-1000.slice/session-3.scope',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate',
  '/run/systemd/system/x': '',
};
const NEW_GROUP = {
  'cgroup.procs': '',
  'cgroup.subtree_control': '',
  'memory.max': 'max',
  'memory.oom.group': '0',
  'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1',
};

/** What `busctl` was asked, and what it answers: as the interface of systemd 252 is documented; no live systemd was asked. */
class RecordedBus implements ScopeCommands {
  readonly asked: string[] = [];
  isHolding = false;
  constructor(
    private readonly files: RecordedTree,
    private readonly refused = '',
  ) {}

  run(command: string, args: readonly string[]) {
    const text = [command, ...args].join(' ');
    this.asked.push(text.replace('org.freedesktop.systemd1 /org/freedesktop/systemd1 ', ''));
    if (this.refused !== '' && text.includes(this.refused)) {
      return { status: 1, stdout: '', stderr: 'Call failed: Access denied\n' };
    }
    if (text.includes('StartTransientUnit')) {
      this.files.makeFolder(SCOPE);
      this.files.record({ [`/proc/${HOLDER}/cgroup`]: `0::${SLICE}/millstream-1-ab.scope` });
      return { status: 0, stdout: 'o "/org/freedesktop/systemd1/job/1701"\n', stderr: '' };
    }
    return { status: 0, stdout: '', stderr: '' };
  }

  hold() {
    this.isHolding = true;
    return {
      pid: HOLDER,
      stop: () => {
        this.isHolding = false;
      },
    };
  }

  pause(): void {}
}

let tree: RecordedTree;
afterEach(() => tree.remove());

describe('caps by a systemd scope', () => {
  it('ask the systemd of the user for a delegated scope, and make groups in it', () => {
    tree = new RecordedTree(LOGIN, NEW_GROUP);
    const bus = new RecordedBus(tree);

    const adapter = SystemdScope.detect(tree, 'millstream-1-ab-probe', bus)!;
    const cap = adapter.create('w1', LIMITS);

    expect(bus.asked).toEqual([
      'busctl --user status',
      'busctl --user call org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) ' +
        'millstream-1-ab.scope fail 4 Description s Workers of Millstream Delegate b true ' +
        `CollectMode s inactive-or-failed PIDs au 1 ${HOLDER} 0`,
    ]);
    expect(cap.folders).toEqual([`${SCOPE}/w1`]);
    expect(tree.read(`${SCOPE}/w1/memory.max`)).toBe('268435456');
    expect(tree.read(`${SCOPE}/w1/memory.oom.group`)).toBe('1');
    expect(tree.read(`${SCOPE}/w1/pids.max`)).toBe('64');
    expect(tree.read(`${SCOPE}/w1/cpu.max`)).toBe('50000 100000');
    expect(cap.memoryKills()).toEqual({ atCap: 1, belowCap: 0 });
  });

  it('keep the holder in a leaf, so that the scope may hand out controllers, until they are closed', () => {
    tree = new RecordedTree(LOGIN, NEW_GROUP);
    const bus = new RecordedBus(tree);

    const adapter = SystemdScope.detect(tree, 'millstream-1-ab-probe', bus)!;

    expect(tree.readPids(`${SCOPE}/holder/cgroup.procs`)).toEqual([HOLDER]);
    expect(tree.read(`${SCOPE}/cgroup.subtree_control`)).toBe('+memory +pids +cpu'.replaceAll('+', ''));
    expect(bus.isHolding).toBe(true);
    adapter.close();
    expect(bus.isHolding).toBe(false);
  });

  it('have systemd bring a process of a login session into the scope', () => {
    tree = new RecordedTree(LOGIN, NEW_GROUP);
    tree.record({ '/proc/77/stat': '77 (python) S 1 77 77 0 -1 4194560 0' });
    const bus = new RecordedBus(tree);
    const cap = SystemdScope.detect(tree, 'millstream-1-ab-probe', bus)!.create('w1', LIMITS);
    const write = tree.write.bind(tree);
    tree.write = (path, text) => {
      if (text === '77' && !bus.asked.at(-1)!.includes('Attach'))
        throw new Error('EACCES: permission denied');
      write(path, text);
    };

    expect(cap.place(77)).toBe(true);
    expect(bus.asked.at(-1)).toBe(
      'busctl --user call org.freedesktop.systemd1.Manager AttachProcessesToUnit ssau millstream-1-ab.scope /holder 1 77',
    );
    expect(tree.readPids(`${SCOPE}/w1/cgroup.procs`)).toEqual([77]);
  });

  it.each([
    ['no systemd', { ...LOGIN, '/run/systemd/system/x': undefined }, ''],
    ['no cgroup v2', { ...LOGIN, '/proc/self/cgroup': '4:memory:/' }, ''],
    ['no bus of the user', LOGIN, 'status'],
    ['no leave to make a scope', LOGIN, 'StartTransientUnit'],
  ])('are not available with %s', (_, files, refused) => {
    const present = Object.entries(files).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    tree = new RecordedTree(Object.fromEntries(present), NEW_GROUP);
    const bus = new RecordedBus(tree, refused);

    expect(SystemdScope.detect(tree, 'millstream-1-ab-probe', bus)).toBeNull();
    expect(bus.isHolding).toBe(false);
  });
});
