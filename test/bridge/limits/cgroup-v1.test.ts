import { afterEach, describe, expect, it } from 'vitest';
import { CgroupV1 } from '../../../bridge/limits/cgroup-v1.js';
import { RecordedTree } from './recorded-tree.js';

const PROC = {
  '/proc/self/cgroup': '8:pids:/\n4:memory:/app/7\n1:cpu,cpuacct:/\n0::/',
  '/proc/self/mountinfo': [
    '36 30 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '40 30 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids',
    '31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
  ].join('\n'),
};
const NEW_GROUP = {
  'cgroup.procs': '',
  'memory.memsw.limit_in_bytes': '9223372036854771712',
  'memory.usage_in_bytes': '4096',
  'memory.max_usage_in_bytes': '8192',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2',
};
const LIMITS = { memoryBytes: 256 << 20, cpus: 0.5, processes: 16 };

let tree: RecordedTree;
afterEach(() => tree.remove());

describe('caps by cgroup v1', () => {
  it('write memory with swap, processes and cpu time, each in its own hierarchy', () => {
    tree = new RecordedTree(PROC, NEW_GROUP);

    const cap = CgroupV1.detect(tree, 'probe')!.create('w1', LIMITS);

    expect(cap.folders).toEqual([
      '/sys/fs/cgroup/memory/app/7/w1',
      '/sys/fs/cgroup/pids/w1',
      '/sys/fs/cgroup/cpu,cpuacct/w1',
    ]);
    expect(tree.read('/sys/fs/cgroup/memory/app/7/w1/memory.limit_in_bytes')).toBe('268435456');
    expect(tree.read('/sys/fs/cgroup/memory/app/7/w1/memory.memsw.limit_in_bytes')).toBe('268435456');
    expect(tree.read('/sys/fs/cgroup/pids/w1/pids.max')).toBe('16');
    expect(tree.read('/sys/fs/cgroup/cpu,cpuacct/w1/cpu.cfs_quota_us')).toBe('50000');
  });

  it('hold a process in every hierarchy, and read what it uses', () => {
    tree = new RecordedTree(PROC, NEW_GROUP);
    const cap = CgroupV1.detect(tree, 'probe')!.create('w1', LIMITS);

    cap.place(4711);

    for (const folder of cap.folders) {
      expect(tree.readPids(`${folder}/cgroup.procs`)).toEqual([4711]);
    }
    expect(cap.usage()).toEqual({ usedBytes: 4096, peakBytes: 8192 });
    expect(cap.memoryKills()).toEqual({ atCap: 0, belowCap: 2 });

    tree.record({ [`${cap.folders[0]}/memory.max_usage_in_bytes`]: String(256 << 20) });
    expect(cap.memoryKills()).toEqual({ atCap: 2, belowCap: 0 });
  });

  it('are near where more than 85 % is used, files that were read not counted', () => {
    tree = new RecordedTree(PROC, NEW_GROUP);
    const cap = CgroupV1.detect(tree, 'probe')!.create('w1', LIMITS);
    const use = (bytes: number, cached: number) =>
      tree.record({
        [`${cap.folders[0]}/memory.usage_in_bytes`]: String(bytes),
        [`${cap.folders[0]}/memory.stat`]: `rss 1\ninactive_file ${cached}\nactive_file 0`,
      });

    use(220 << 20, 0);
    expect(cap.isNearCap()).toBe(true);
    use(220 << 20, 10 << 20);
    expect(cap.isNearCap()).toBe(false);
    use(200 << 20, 0);
    expect(cap.isNearCap()).toBe(false);
  });

  it('are not available without the memory controller', () => {
    tree = new RecordedTree({ ...PROC, '/proc/self/cgroup': '8:pids:/' });

    expect(CgroupV1.detect(tree, 'probe')).toBeNull();
  });

  it('refuse a limit whose controller is missing', () => {
    tree = new RecordedTree({ ...PROC, '/proc/self/cgroup': '4:memory:/app/7' }, NEW_GROUP);
    const adapter = CgroupV1.detect(tree, 'probe')!;

    expect(() => adapter.create('w1', LIMITS)).toThrow(
      /limit could not be set \(pids.max in the cgroup controller pids\)/,
    );
    expect(adapter.create('w2', { ...LIMITS, cpus: null, processes: null }).folders).toHaveLength(1);
  });

  it('find the mounted part of the hierarchy inside a container', () => {
    tree = new RecordedTree(
      {
        '/proc/self/cgroup': '4:memory:/docker/abc',
        '/proc/self/mountinfo': '36 30 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      },
      NEW_GROUP,
    );

    const cap = CgroupV1.detect(tree, 'probe')!.create('w1', { ...LIMITS, cpus: null, processes: null });

    expect(cap.folders).toEqual(['/sys/fs/cgroup/memory/w1']);
  });
});
