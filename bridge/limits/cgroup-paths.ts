/** Where this process's own cgroups are: `/proc/self/cgroup` resolved through `/proc/self/mountinfo`. */
import { join, posix } from 'node:path';
import type { FileTree } from './file-tree.js';

/** The folder of our own cgroup in the v1 hierarchy of `controller`; null where there is none. */
export function ownCgroupV1(files: FileTree, controller: string): string | null {
  const line = cgroupLines(files).find(({ controllers }) => controllers.includes(controller));
  const mount = mounts(files).find(({ type, options }) => type === 'cgroup' && options.includes(controller));
  return line === undefined || mount === undefined ? null : resolve(mount, line.path);
}

/** The folder of a process's cgroup (by default our own) in the v2 hierarchy; null where it is not mounted. */
export function ownCgroupV2(files: FileTree, pid: number | 'self' = 'self'): string | null {
  const line = cgroupLines(files, pid).find(({ hierarchy }) => hierarchy === '0');
  const mount = mounts(files).find(({ type }) => type === 'cgroup2');
  return line === undefined || mount === undefined ? null : resolve(mount, line.path);
}

interface Mount {
  /** Part of the hierarchy that the mount shows; containers see less than `/`. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

function resolve(mount: Mount, path: string): string {
  const relative = posix.relative(mount.root, path);
  // Outside of what is mounted: a cgroup namespace, whose top is the mount.
  return relative.startsWith('..') ? mount.point : join(mount.point, relative);
}

function cgroupLines(files: FileTree, pid: number | 'self' = 'self') {
  return (files.read(`/proc/${pid}/cgroup`) ?? '').split('\n').flatMap((line) => {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    return hierarchy === undefined || controllers === undefined || path === undefined
      ? []
      : [{ hierarchy, controllers: controllers.split(','), path }];
  });
}

/** Fields: proc_pid_mountinfo(5). */
function mounts(files: FileTree): Mount[] {
  return (files.read('/proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const [, , , root, point] = (left ?? '').split(' ');
    const [type, , options] = (right ?? '').split(' ');
    return root === undefined || point === undefined || type === undefined || options === undefined
      ? []
      : [{ root, point, type, options: options.split(',') }];
  });
}
