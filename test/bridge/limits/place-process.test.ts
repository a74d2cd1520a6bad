import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { CgroupV1 } from '../../../bridge/limits/cgroup-v1.js';
import { FileTree } from '../../../bridge/limits/file-tree.js';
import { placeProcess } from '../../../bridge/limits/place-process.js';
import { RecordedTree } from './recorded-tree.js';

let tree: RecordedTree | undefined;
afterEach(() => {
  tree?.remove();
  tree = undefined;
});

/** A group that takes ids without listing them, as the kernel does for processes on their way out. */
class ForgetfulTree extends RecordedTree {
  override write(): void {}
}

function stat(state: string, flags: number): Record<string, string> {
  return { '/proc/10/stat': `10 (a (b) c) ${state} 1 10 10 0 -1 ${flags} 0 0`, '/g/cgroup.procs': '' };
}

describe('placing a process', () => {
  it('says whether it is listed now', () => {
    tree = new RecordedTree(stat('S', 0));

    expect(placeProcess(tree, ['/g'], 10)).toBe(true);
    expect(tree.readPids('/g/cgroup.procs')).toEqual([10]);
  });

  it.each([
    ['a zombie', 'Z', 0],
    ['dead', 'X', 0],
    ['on its way out', 'R', 0x40_0004],
  ])('tells that it is %s instead of blaming the group', (_, state, flags) => {
    tree = new ForgetfulTree(stat(state, flags));

    expect(placeProcess(tree, ['/g'], 10)).toBe(false);
  });

  it('blames the group that does not list a process which runs', () => {
    tree = new ForgetfulTree(stat('R', 0x40_0100));

    expect(() => placeProcess(tree!, ['/g'], 10)).toThrow(
      /limit could not be set \(10 in \/g\/cgroup.procs\)/,
    );
  });

  const real = CgroupV1.detect(new FileTree(), `millstream-test-${process.pid}-place`);

  it.skipIf(real === null)('finds a process gone that ended before, by the real cgroup v1', () => {
    const cap = real!.create(`millstream-test-${process.pid}-gone`, {
      memoryBytes: 64 << 20,
      cpus: null,
      processes: null,
    });
    try {
      expect(cap.place(spawnSync('true').pid)).toBe(false);
    } finally {
      cap.remove();
    }
  });
});
