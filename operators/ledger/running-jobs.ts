/** The jobs of this user that run on this machine. */
import { existsSync } from 'node:fs';
import { type LiveEntry, liveEntries, socketPath } from './entry-file.js';
import { askStacks, askStatus, askStop } from './entry-socket.js';
import type { JobStatus, StopAnswer, WorkerStack } from './job-status.js';
import { runtimeFolder } from './runtime-folder.js';

/** A job that lives, as its entry and its own word have it. */
export interface RunningJob {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  /** ISO 8601: when it asked for its memory. */
  readonly since: string;
  /** Null while it waits. */
  readonly grantedBytes: number | null;
  /** Null: its process is stopped, or too busy to answer. */
  readonly status: JobStatus | null;
}

const STATUS_WAIT_MS = 2_000;
/** A worker whose native code holds the interpreter takes a second, and a busy machine its time. */
const STACKS_WAIT_MS = 15_000;
/** Rows in flight go through the whole job first, and the state of it is written. */
const STOP_WAIT_MS = 600_000;

/** All of them, the oldest first. */
export async function runningJobs(folder = runtimeFolder()): Promise<RunningJob[]> {
  if (!existsSync(folder)) return [];
  const entries = await liveEntries(folder);
  const jobs = await Promise.all(entries.map((entry) => describe(folder, entry)));
  return jobs.sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
}

/** The stacks of a job's workers; null where it does not answer. */
export function stacksOf(
  { id }: RunningJob,
  folder = runtimeFolder(),
): Promise<readonly WorkerStack[] | null> {
  return askStacks(socketPath(folder, id), STACKS_WAIT_MS);
}

/**
 * Ends a job by a savepoint; null where it does not answer.
 * @param savepoint the folder, absolute; null: the one of the job's settings
 */
export function stopJob(
  { id }: RunningJob,
  savepoint: string | null,
  folder = runtimeFolder(),
): Promise<StopAnswer | null> {
  return askStop(socketPath(folder, id), savepoint, STOP_WAIT_MS);
}

async function describe(
  folder: string,
  { id, name, pid, since, grantedBytes }: LiveEntry,
): Promise<RunningJob> {
  return {
    id,
    name,
    pid,
    since,
    grantedBytes,
    status: await askStatus(socketPath(folder, id), STATUS_WAIT_MS),
  };
}
