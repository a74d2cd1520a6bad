/** Whether a cgroup is near its limit, by what the kernel cannot simply take back. */
import type { FileTree } from './file-tree.js';
import { SOFT_SHARE } from './worker-cap.js';

/** Files of a group; names differ between the versions. */
export interface MemoryFiles {
  readonly usage: string;
  readonly limit: string;
  readonly statistics: string;
}

/** Pages of files that were read fill a group up to its limit and do no harm: they do not count. */
export function isNearCap(files: FileTree, { usage, limit, statistics }: MemoryFiles): boolean {
  const used = files.readNumber(usage);
  const cap = files.readNumber(limit);
  if (used === null || cap === null || used <= cap * SOFT_SHARE) return false;
  const cached = ['inactive_file', 'active_file'].map((key) => files.readKey(statistics, key) ?? 0);
  return used - cached[0]! - cached[1]! > cap * SOFT_SHARE;
}
