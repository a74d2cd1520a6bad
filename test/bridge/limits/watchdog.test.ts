import { afterEach, describe, expect, it } from 'vitest';
import { Watchdog } from '../../../bridge/limits/watchdog.js';
import { RecordedTree } from './recorded-tree.js';

const PAGE = 4096;
const LIMITS = { memoryBytes: 100 * PAGE, cpus: null, processes: null };

let tree: RecordedTree;
afterEach(() => tree.remove());

/** Process 10 with the child 11, started from its second thread, and the grandchild 12. */
function family(pages: readonly [number, number, number]): RecordedTree {
  tree = new RecordedTree({
    '/proc/10/task/10/children': '',
    '/proc/10/task/15/children': '11 ',
    '/proc/11/task/11/children': '12 ',
    '/proc/12/task/12/children': '',
    '/proc/10/statm': `900 ${pages[0]} 1 1 0 1 0`,
    '/proc/11/statm': `900 ${pages[1]} 1 1 0 1 0`,
    '/proc/12/statm': `900 ${pages[2]} 1 1 0 1 0`,
  });
  return tree;
}

describe('the watchdog', () => {
  it('counts the worker with all its descendants', () => {
    const cap = new Watchdog(family([10, 20, 30])).create('w1', LIMITS);
    cap.place(10);

    expect(cap.exceeded()).toBe(false);
    expect(cap.usage()).toEqual({ usedBytes: 60 * PAGE, peakBytes: 60 * PAGE });
  });

  it('reports a worker above its cap, and counts that once', () => {
    const cap = new Watchdog(family([50, 40, 30])).create('w1', LIMITS);
    cap.place(10);

    expect([cap.exceeded(), cap.exceeded()]).toEqual([true, true]);
    expect(cap.memoryKills()).toEqual({ atCap: 1, belowCap: 0 });
    expect(cap.usage().peakBytes).toBe(120 * PAGE);
  });

  it('divides shared pages near the cap before it judges', () => {
    const cap = new Watchdog(family([50, 40, 30])).create('w1', LIMITS);
    for (const pid of [10, 11, 12]) {
      tree.record({ [`/proc/${pid}/smaps_rollup`]: 'Rss: 200 kB\nPss:  100 kB\nPss_Anon: 60 kB' });
    }
    cap.place(10);

    expect(cap.exceeded()).toBe(false);
    expect(cap.usage().usedBytes).toBe(300 * 1024);
  });

  it.each([
    ['of its own cgroup', '/sys/fs/cgroup/memory.events'],
    ['of the machine', '/proc/vmstat'],
  ])('counts what the kernel killed meanwhile, by the counter %s', (_, path) => {
    family([1, 1, 1]).record({
      '/proc/self/cgroup': '0::/',
      '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      [path]: 'oom_kill 5',
    });
    const cap = new Watchdog(tree).create('w1', LIMITS);
    tree.record({ [path]: 'oom_kill 6' });

    expect(cap.memoryKills()).toEqual({ atCap: 0, belowCap: 1 });
  });

  it('looks at nothing before a process is placed or after it has ended', () => {
    const cap = new Watchdog(family([500, 0, 0])).create('w1', LIMITS);

    expect(cap.exceeded()).toBe(false);
    cap.place(10);
    cap.afterExit();
    expect(cap.exceeded()).toBe(false);
  });
});
