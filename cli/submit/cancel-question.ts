/** What Ctrl-C does while a job runs on a cluster. */
import { createInterface } from 'node:readline/promises';

/** A job that goes on without this command. */
export interface JobElsewhere {
  readonly jobId: string;
  /** Its page, or how else to find it. */
  readonly link: string;
  cancel(): Promise<void>;
}

/**
 * Asks on the terminal whether the job is to be cancelled; where there is none it goes on. Ctrl-C again leaves at once.
 * @returns what was done, a sentence
 */
export async function askToCancel(
  job: JobElsewhere,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): Promise<string> {
  const goesOn = `The job ${job.jobId} goes on: ${job.link}`;
  if (!input.isTTY) return goesOn;
  // Without `terminal` Ctrl-C stays a signal.
  const lines = createInterface({ input, output, terminal: false });
  const answer = await lines.question(`\nCancel the job ${job.jobId} on Flink too? [y/N] `);
  lines.close();
  if (!/^\s*y(es)?\s*$/i.test(answer)) return goesOn;
  await job.cancel();
  return `The job ${job.jobId} is being cancelled.`;
}
