/** Where files are memory: a tmpfs. On a disk they would be written back, and mapping them would be no gain. */
import { accessSync, constants, statfsSync } from 'node:fs';

/** Magic number of tmpfs (statfs(2)). */
const TMPFS = 0x01021994;

/** Free bytes of the file system at `path`; null where it is not in memory, or cannot be written to. */
export function memoryFileSystem(path: string): number | null {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    const { type, bavail, bsize } = statfsSync(path);
    return type === TMPFS ? bavail * bsize : null;
  } catch {
    return null;
  }
}

/** The file system in memory that a bridge would use, whatever room it has; null where there is none. */
export function findMemoryFileSystem(): { readonly path: string; readonly freeBytes: number } | null {
  for (const path of memoryFolders()) {
    const freeBytes = memoryFileSystem(path);
    if (freeBytes !== null) return { path, freeBytes };
  }
  return null;
}

/** Where to look for one, best first. */
export function memoryFolders(): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return runtime === undefined || runtime === '' ? ['/dev/shm'] : ['/dev/shm', runtime];
}
