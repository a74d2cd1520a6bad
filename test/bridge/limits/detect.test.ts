import { afterEach, describe, expect, it } from 'vitest';
import { detectCaps } from '../../../bridge/limits/detect.js';
import { RecordedTree } from './recorded-tree.js';

let tree: RecordedTree;
afterEach(() => tree.remove());

const demand = { probe: 'probe', level: null, requireHard: false } as const;

describe('the level of caps', () => {
  it('is cgroup v2 before cgroup v1', () => {
    tree = new RecordedTree({
      '/proc/self/cgroup': '4:memory:/\n0::/',
      '/proc/self/mountinfo':
        '30 23 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n36 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '/sys/fs/cgroup/unified/cgroup.subtree_control': 'memory',
    });

    // A plain folder takes process ids and limits as a cgroup does.
    expect(detectCaps(demand, tree).level).toBe('cgroup-v2');
    expect(detectCaps({ ...demand, level: 'cgroup-v1' }, tree).level).toBe('cgroup-v1');
  });

  it('is the watchdog where the kernel offers nothing', () => {
    tree = new RecordedTree({});

    expect(detectCaps(demand, tree).level).toBe('watchdog');
  });

  it('is refused where only the watchdog is left and caps must be hard', () => {
    tree = new RecordedTree({});

    expect(() => detectCaps({ ...demand, requireHard: true }, tree)).toThrow(
      /cannot enforce memory caps by cgroups/,
    );
    expect(() => detectCaps({ ...demand, level: 'cgroup-v1' }, tree)).toThrow(/at the level cgroup-v1/);
  });
});
