/** `millstream ps`: the jobs of this user that run on this machine. */
import { type RunningJob, runningJobs } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import { alignColumns } from '../progress/columns.js';
import { bytes, duration, grouped } from '../progress/numbers.js';

const HEADING = ['job', 'name', 'state', 'mode', 'waits for', 'pid', 'time', 'rows', 'used', 'granted'];
/** Names and words; numbers stand to the right of them. */
const TEXT_COLUMNS = 5;

/** Prints one line for each job, the oldest first: a table, or with `jsonl` an object with its workers. */
export async function listJobs(format: 'table' | 'jsonl', context: CommandContext): Promise<number> {
  const jobs = await runningJobs();
  if (jobs.length === 0) context.stderr.write('No job of yours runs on this machine.\n');
  const lines = format === 'jsonl' ? jobs.map(jobLine) : jobs.length === 0 ? [] : jobTable(jobs, Date.now());
  for (const line of lines) await context.stdout.write(`${line}\n`);
  return EXIT_DONE;
}

/** The table: a heading and one line for each job. */
export function jobTable(jobs: readonly RunningJob[], nowMs: number): string[] {
  const rows = jobs.map(({ id, name, pid, since, grantedBytes, status }) => [
    id,
    name,
    status?.state ?? 'no answer',
    status?.mode ?? '',
    status?.waitsFor ?? '',
    String(pid),
    duration(Math.max(0, nowMs - Date.parse(since)) / 1000),
    status?.rows == null ? '' : grouped(status.rows),
    status === null ? '' : bytes(status.usedBytes),
    grantedBytes === null ? '' : bytes(grantedBytes),
  ]);
  return alignColumns([HEADING, ...rows], TEXT_COLUMNS);
}

/** An object with everything that is known of a job; `null`, never missing. */
export function jobLine({ id, name, pid, since, grantedBytes, status }: RunningJob): string {
  return JSON.stringify({
    job: id,
    name,
    pid,
    since,
    state: status?.state ?? null,
    mode: status?.mode ?? null,
    waitsFor: status?.waitsFor ?? null,
    seconds: status?.seconds ?? null,
    rows: status?.rows ?? null,
    totalRows: status?.totalRows ?? null,
    usedBytes: status?.usedBytes ?? null,
    grantedBytes,
    workers: status?.workers ?? [],
  });
}
