/** Moving a process into a cgroup, and telling a process that has ended from a group that does not take it. */
import { notSet } from './cgroup-writes.js';
import type { FileTree } from './file-tree.js';

/**
 * Moves `pid` into each group and reads it back; false where the process has ended meanwhile.
 * @throws {EnvironmentError} CAP_NOT_SET.
 */
export function placeProcess(files: FileTree, folders: readonly string[], pid: number): boolean {
  for (const folder of folders) {
    const path = `${folder}/cgroup.procs`;
    try {
      files.write(path, String(pid));
    } catch (error) {
      if (hasEnded(files, pid)) return false;
      throw notSet(path, pid, error);
    }
    // The kernel takes the id of a process that is ending, and does not list it.
    if (!files.readPids(path).includes(pid)) {
      if (hasEnded(files, pid)) return false;
      throw notSet(path, pid, undefined);
    }
  }
  return true;
}

/** Bit of `flags` in /proc/PID/stat (proc(5)): the process is on its way out. */
const PF_EXITING = 0x4;

function hasEnded(files: FileTree, pid: number): boolean {
  const stat = files.read(`/proc/${pid}/stat`);
  if (stat === null) return true;
  // The command, second, is in parentheses and may hold any character; state is field 3, flags field 9.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' || (Number(fields[6]) & PF_EXITING) !== 0;
}
