/** `millstream stack JOB`: where the workers of a running job are in their code. */
import { type RunningJob, runningJobs, stacksOf, type WorkerStack } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { JobError } from '../job/job-error.js';

/**
 * Prints the Python stacks of the workers of the job `target`: its id or the beginning of it, its name, its process,
 * or the process of one of its workers, which is then the only one.
 * @throws {JobError} JOB_NOT_FOUND where no job fits, or several
 */
export async function printStacks(target: string, context: CommandContext): Promise<number> {
  const { job, worker } = findJob(await runningJobs(), target);
  const stacks = await stacksOf(job);
  if (stacks === null) {
    context.stderr.write(`${job.name} (pid ${job.pid}) does not answer: its process is stopped, or busy.\n`);
    return EXIT_FAILED;
  }
  const wanted = stacks.filter(({ pid }) => worker === null || pid === worker);
  if (wanted.length === 0) context.stderr.write(`${job.name} (pid ${job.pid}) has no worker now.\n`);
  await context.stdout.write(wanted.map(renderStack).join('\n'));
  return EXIT_DONE;
}

/** The job that `target` names, and the process of its worker where it names that. */
export function findJob(
  jobs: readonly RunningJob[],
  target: string,
): { readonly job: RunningJob; readonly worker: number | null } {
  const pid = Number(target);
  const withWorker = jobs.find(({ status }) => status?.workers.some((worker) => worker.pid === pid));
  if (withWorker !== undefined) return { job: withWorker, worker: pid };
  const exact = jobs.filter((job) => job.id === target || job.pid === pid);
  const found =
    exact.length > 0 ? exact : jobs.filter((job) => job.name === target || job.id.startsWith(target));
  if (found.length === 1) return { job: found[0]!, worker: null };
  const what = found.length === 0 ? 'No running job is' : 'Several running jobs are';
  const which = (found.length === 0 ? jobs : found).map(
    ({ id, name, pid: process }) => `${id} (${name}, pid ${process})`,
  );
  throw new JobError('JOB_NOT_FOUND', `${what} named '${target}'.`, null, {
    hint: which.length === 0 ? 'None of yours runs on this machine.' : `There are: ${which.join(', ')}.`,
  });
}

function renderStack({ id, name, pid, stage, function: running, text }: WorkerStack): string {
  const work =
    running === null ? (stage === null ? 'idle' : `stage ${stage}`) : `function ${running} in stage ${stage}`;
  return `Worker ${id} (${name}, pid ${pid}): ${work}\n${text.trimEnd()}\n`;
}
