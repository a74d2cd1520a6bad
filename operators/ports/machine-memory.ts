/** How much memory there is: the container's limit where one is set, else the machine's. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

const LIMIT_FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Bytes; the smallest of what the kernel and the control group of the process say. */
export function machineMemoryBytes(): number {
  return Math.min(totalmem(), ...LIMIT_FILES.map(limitIn));
}

/** cgroup v1 writes a huge number where nothing is set, v2 the word `max`. */
function limitIn(file: string): number {
  try {
    const bytes = Number(readFileSync(file, 'utf8').trim());
    return Number.isFinite(bytes) && bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
