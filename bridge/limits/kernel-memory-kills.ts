/** What the kernel killed for memory where workers have no cgroup of their own. */
import { join } from 'node:path';
import { ownCgroupV1, ownCgroupV2 } from './cgroup-paths.js';
import type { FileTree } from './file-tree.js';

/** Processes killed in the cgroup of this process; where that is not counted, on the whole machine since it started. */
export function kernelMemoryKills(files: FileTree): number {
  const v2 = ownCgroupV2(files);
  const v1 = ownCgroupV1(files, 'memory');
  return (
    (v2 === null ? null : files.readKey(join(v2, 'memory.events'), 'oom_kill')) ??
    (v1 === null ? null : files.readKey(join(v1, 'memory.oom_control'), 'oom_kill')) ??
    files.readKey('/proc/vmstat', 'oom_kill') ??
    0
  );
}
