/** Cgroups of cores that are dead, zygotes and all: what is still in them is killed. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { killPids } from './cgroup-writes.js';
import { FileTree } from './file-tree.js';

/** The kernel frees a group some milliseconds after its last process. */
const ATTEMPTS = 100;
const RETRY_MS = 10;

/** Kills every process in the groups and removes them; resolves with those that could not be removed. */
export async function removeCgroups(
  folders: readonly string[],
  files = new FileTree(),
): Promise<readonly string[]> {
  let left = [...folders];
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
    for (const folder of left) killPids(processesIn(folder, files));
    left = left.filter((folder) => !files.removeFolder(folder));
    if (left.length > 0) await pause(RETRY_MS);
  }
  return left;
}

/** Processes of a group; empty where there is no such group. */
export function processesIn(folder: string, files = new FileTree()): readonly number[] {
  return files.readPids(join(folder, 'cgroup.procs'));
}
