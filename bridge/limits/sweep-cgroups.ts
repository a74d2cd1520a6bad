/** Empty cgroups of cores that were killed before any zygote knew of them. */
import { dirname, join } from 'node:path';
import { ownCgroupV1, ownCgroupV2 } from './cgroup-paths.js';
import { FileTree } from './file-tree.js';
import { processesIn } from './remove-cgroups.js';

/** `millstream-PID-RANDOM-…`, as bridges name their groups. */
const NAME = /^millstream-(\d+)-[0-9a-f]{8}-(?:probe|w\d+)$/;

/** A group without processes, whose core does not run any more. */
export interface DeadCgroup {
  readonly path: string;
  /** Of its core. */
  readonly pid: number;
}

/** Removes groups below `parent` whose core does not run any more and in which no process is. */
export function sweepCgroups(
  files: FileTree,
  parent: string,
  runs: (pid: number) => boolean = isRunning,
): void {
  for (const { path } of deadBelow(files, parent, runs)) files.removeFolder(path);
}

/** All such groups where bridges make theirs. */
export function findDeadCgroups(files = new FileTree()): DeadCgroup[] {
  const unified = ownCgroupV2(files);
  const parents = [
    ...['memory', 'pids', 'cpu'].map((controller) => ownCgroupV1(files, controller)),
    unified,
    unified === null ? null : dirname(unified),
  ];
  const found = [...new Set(parents)].filter((parent) => parent !== null);
  return found.flatMap((parent) => deadBelow(files, parent, isRunning));
}

/** Removes a group in which no process is; false where there is one, or it is not ours to remove. */
export function removeEmptyCgroup(path: string, files = new FileTree()): boolean {
  return files.removeFolder(path);
}

function deadBelow(files: FileTree, parent: string, runs: (pid: number) => boolean): DeadCgroup[] {
  return files.list(parent).flatMap((name) => {
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    const path = join(parent, name);
    return Number.isNaN(pid) || runs(pid) || processesIn(path, files).length > 0 ? [] : [{ path, pid }];
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
