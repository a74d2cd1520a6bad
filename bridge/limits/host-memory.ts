/** What the kernel counts for the whole machine. */
import type { FileTree } from './file-tree.js';

/** Processes killed for memory since the machine started, those of full cgroups included. */
export function hostMemoryKills(files: FileTree): number {
  return files.readKey('/proc/vmstat', 'oom_kill') ?? 0;
}
