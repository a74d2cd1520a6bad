/** Empty cgroups of cores that were killed before any zygote knew of them. */
import { join } from 'node:path';
import type { FileTree } from './file-tree.js';

/** `millstream-PID-RANDOM-…`, as bridges name their groups. */
const NAME = /^millstream-(\d+)-[0-9a-f]{8}-(?:probe|w\d+)$/;

/** Removes groups below `parent` whose core does not run any more and in which no process is. */
export function sweepCgroups(
  files: FileTree,
  parent: string,
  runs: (pid: number) => boolean = isRunning,
): void {
  for (const name of files.list(parent)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !runs(Number(pid))) files.removeFolder(join(parent, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
