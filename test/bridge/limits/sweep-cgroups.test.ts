import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileTree } from '../../../bridge/limits/file-tree.js';
import { sweepCgroups } from '../../../bridge/limits/sweep-cgroups.js';

it('removes the empty groups of cores that do not run, and no other folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'millstream-test-'));
  const name = (pid: number, rest: string) => `millstream-${pid}-0a1b2c3d-${rest}`;
  const kept = [name(7, 'w1'), name(8, 'w2'), 'millstream-9-other', 'user.slice'];
  const swept = [name(8, 'probe'), name(9, 'w12')];
  for (const each of [...kept, ...swept]) mkdirSync(join(root, 'top', each), { recursive: true });
  // A cgroup with processes cannot be removed either.
  writeFileSync(join(root, 'top', name(8, 'w2'), 'process'), '');

  sweepCgroups(new FileTree(root), '/top', (pid) => pid === 7);

  expect(kept.filter((each) => existsSync(join(root, 'top', each)))).toEqual(kept);
  expect(swept.filter((each) => existsSync(join(root, 'top', each)))).toEqual([]);
  rmSync(root, { recursive: true });
});
