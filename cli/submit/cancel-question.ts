/** What Ctrl-C does while a job runs on a cluster. */
import { createInterface } from 'node:readline/promises';
import { reasonOf } from '../../core/index.js';

/** A job that goes on without this command. */
export interface JobElsewhere {
  readonly jobId: string;
  /** Its page, or how else to find it. */
  readonly link: string;
  cancel(): Promise<void>;
}

/**
 * Asks on the terminal whether the job is to be cancelled; where there is none it goes on. Ctrl-C again leaves at once, Ctrl-D is no.
 * @param ended aborted when the job has ended meanwhile, so that there is nothing to ask
 * @returns what was done, a sentence
 */
export async function askToCancel(
  job: JobElsewhere,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  ended: AbortSignal,
): Promise<string> {
  const goesOn = `The job ${job.jobId} goes on: ${job.link}`;
  if (!input.isTTY) return goesOn;
  // Without `terminal` Ctrl-C stays a signal.
  const lines = createInterface({ input, output, terminal: false });
  const question = `\nCancel the job ${job.jobId} on Flink too? [y/N] `;
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const asked = lines.question(question, { signal: ended }).catch(() => '');
  const answer = await Promise.race([asked, closed]);
  lines.close();
  if (ended.aborted) return `\nThe job ${job.jobId} has ended meanwhile.`;
  if (!/^\s*y(es)?\s*$/i.test(answer)) return goesOn;
  try {
    await job.cancel();
  } catch (error) {
    return `The job ${job.jobId} could not be cancelled: ${reasonOf(error).replace(/\.$/, '')}; it goes on: ${job.link}`;
  }
  return `The job ${job.jobId} is being cancelled.`;
}
