import { afterEach, describe, expect, it } from 'vitest';
import { CgroupV2 } from '../../../bridge/limits/cgroup-v2.js';
import { RecordedTree } from './recorded-tree.js';

const OWN = '/sys/fs/cgroup/user.slice/app.service';
const PROC = {
  '/proc/self/cgroup': '0::/user.slice/app.service',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate',
};
const NEW_GROUP = {
  'cgroup.procs': '',
  'cgroup.subtree_control': '',
  'memory.max': 'max',
  'memory.swap.max': 'max',
  'memory.oom.group': '0',
  'memory.current': '1048576',
  'memory.peak': '2097152',
  'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 0',
};

let tree: RecordedTree;
afterEach(() => tree.remove());

function delegated(): RecordedTree {
  tree = new RecordedTree({ ...PROC, [`${OWN}/cgroup.subtree_control`]: 'cpu memory pids' }, NEW_GROUP);
  return tree;
}

describe('caps by cgroup v2', () => {
  it('write memory, swap, the killing of the whole group, processes and cpu time', () => {
    const cap = CgroupV2.detect(delegated(), 'probe')!.create('w1', {
      memoryBytes: 256 << 20,
      cpus: 1.5,
      processes: 64,
    });

    expect(cap.folders).toEqual([`${OWN}/w1`]);
    expect(tree.read(`${OWN}/w1/memory.max`)).toBe('268435456');
    expect(tree.read(`${OWN}/w1/memory.swap.max`)).toBe('0');
    expect(tree.read(`${OWN}/w1/memory.oom.group`)).toBe('1');
    expect(tree.read(`${OWN}/w1/pids.max`)).toBe('64');
    expect(tree.read(`${OWN}/w1/cpu.max`)).toBe('150000 100000');
  });

  it('hold a process, and read what it uses', () => {
    const cap = CgroupV2.detect(delegated(), 'probe')!.create('w1', {
      memoryBytes: 1 << 20,
      cpus: null,
      processes: null,
    });

    cap.place(4711);

    expect(tree.read(`${OWN}/w1/cgroup.procs`)).toBe('4711');
    expect(cap.usage()).toEqual({ usedBytes: 1_048_576, peakBytes: 2_097_152 });
    expect(cap.memoryKills()).toEqual({ atCap: 1, belowCap: 0 });
    expect(cap.exceeded()).toBe(true);
  });

  it('kill by the kernel where it can', () => {
    const cap = CgroupV2.detect(delegated(), 'probe')!.create('w1', {
      memoryBytes: 1 << 20,
      cpus: null,
      processes: null,
    });

    cap.killAll();

    expect(tree.read(`${OWN}/w1/cgroup.kill`)).toBe('1');
  });

  it('are made beside our own group where its parent gives the memory controller', () => {
    tree = new RecordedTree(
      {
        ...PROC,
        [`${OWN}/cgroup.subtree_control`]: '',
        '/sys/fs/cgroup/user.slice/cgroup.subtree_control': 'memory',
      },
      NEW_GROUP,
    );

    const cap = CgroupV2.detect(tree, 'probe')!.create('w1', {
      memoryBytes: 1 << 20,
      cpus: null,
      processes: null,
    });

    expect(cap.folders).toEqual(['/sys/fs/cgroup/user.slice/w1']);
  });

  it('move the core into a leaf first where the group holds only the core', () => {
    tree = new RecordedTree(
      {
        ...PROC,
        [`${OWN}/cgroup.subtree_control`]: '',
        [`${OWN}/cgroup.controllers`]: 'cpu memory pids',
        [`${OWN}/cgroup.procs`]: String(process.pid),
      },
      NEW_GROUP,
    );

    expect(CgroupV2.detect(tree, 'probe')).not.toBeNull();
    expect(tree.read(`${OWN}/millstream-core/cgroup.procs`)).toBe(String(process.pid));
  });

  it('are not available where the group holds processes of others', () => {
    tree = new RecordedTree({
      ...PROC,
      [`${OWN}/cgroup.subtree_control`]: '',
      [`${OWN}/cgroup.controllers`]: 'cpu memory pids',
      [`${OWN}/cgroup.procs`]: `1\n${process.pid}`,
    });

    expect(CgroupV2.detect(tree, 'probe')).toBeNull();
  });

  it('are not available where cgroup v2 is mounted without the memory controller', () => {
    tree = new RecordedTree({
      ...PROC,
      [`${OWN}/cgroup.subtree_control`]: '',
      [`${OWN}/cgroup.controllers`]: 'misc',
    });

    expect(CgroupV2.detect(tree, 'probe')).toBeNull();
  });
});
