/** What both cgroup versions share: checked writes, and killing by process id. */
import { EnvironmentError } from '../../core/index.js';
import type { FileTree } from './file-tree.js';
import type { CapLimits } from './worker-cap.js';

/** Length of a CPU quota's period, in microseconds; the kernel's default. */
export const CPU_PERIOD_US = 100_000;
/** Limits of a group that is made to see whether groups can be made. */
export const PROBE_LIMITS: CapLimits = { memoryBytes: 64 << 20, cpus: null, processes: null };
const PAGE_BYTES = 4096;

/** Writes a number and reads it back: a mounted file may refuse it. The kernel rounds to whole pages. */
export function writeChecked(files: FileTree, path: string, value: number): void {
  try {
    files.write(path, String(value));
  } catch (error) {
    throw notSet(path, value, error);
  }
  const actual = files.readNumber(path);
  if (actual === null || Math.abs(actual - value) >= PAGE_BYTES) {
    throw notSet(path, value, undefined);
  }
}

/** The error for a limit that the kernel did not take. */
export function notSet(path: string, value: number | string, cause: unknown): EnvironmentError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new EnvironmentError(
    'CAP_NOT_SET',
    `A worker's limit could not be set (${value} in ${path})${reason}.`,
    {
      hint: 'Run `millstream doctor`, which shows the limits that this machine can enforce.',
      cause,
    },
  );
}

/** Sends SIGKILL to each process that still exists. */
export function killPids(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in this moment.
    }
  }
}
