/** `millstream stop JOB --savepoint FOLDER`: a running streaming job ends so that another can go on from there. */
import { resolve } from 'node:path';
import { runningJobs, stopJob } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { findJob } from './stack.js';

/**
 * Prints the folder of the savepoint.
 * @param savepoint the folder that it is put into; null: that of the job's settings
 * @throws {JobError} JOB_NOT_FOUND where no job fits, or several
 */
export async function stopRunning(
  target: string,
  savepoint: string | null,
  { stdout, stderr }: CommandContext,
): Promise<number> {
  const { job } = findJob(await runningJobs(), target);
  const answer = await stopJob(job, savepoint === null ? null : resolve(savepoint));
  if (answer === null) {
    stderr.write(`${job.name} (pid ${job.pid}) does not answer: its process is stopped, or busy.\n`);
    return EXIT_FAILED;
  }
  if (answer.error !== null) {
    const { code, message, hint } = answer.error;
    stderr.write(`Error ${code}: ${message}\n${hint === null ? '' : `${hint}\n`}`);
    return EXIT_FAILED;
  }
  await stdout.write(`${answer.path}\n`);
  return EXIT_DONE;
}
