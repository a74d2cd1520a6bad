/** The processes of a worker and their memory, from `/proc`. */
import type { FileTree } from './file-tree.js';

const PAGE_BYTES = 4096;

/** `pid` and all its descendants, also those that made a session of their own. */
export function processTree(files: FileTree, pid: number): number[] {
  const pids = [pid];
  for (let index = 0; index < pids.length; index++) {
    pids.push(...childrenOf(files, pids[index]!));
  }
  return pids;
}

/** Resident bytes of the processes, shared pages counted in each: quick, and never too small. */
export function residentBytes(files: FileTree, pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const pages = (files.read(`/proc/${pid}/statm`) ?? '').split(' ')[1];
    return pages === undefined ? 0 : Number(pages) * PAGE_BYTES;
  });
}

/** Resident bytes with shared pages divided among those that share them: exact, and slower. */
export function proportionalBytes(files: FileTree, pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(files.read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
    return kibibytes === undefined ? residentBytes(files, [pid]) : Number(kibibytes) * 1024;
  });
}

function childrenOf(files: FileTree, pid: number): number[] {
  return files
    .list(`/proc/${pid}/task`)
    .flatMap((task) => files.readPids(`/proc/${pid}/task/${task}/children`));
}

function sum(pids: readonly number[], bytes: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + bytes(pid), 0);
}
