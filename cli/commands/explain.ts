/** `millstream explain`: how a script would run, without running it. */
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { type ScriptOptions, withSession } from './with-session.js';

export interface ExplainOptions extends ScriptOptions {
  /** Print the SQL that a job file stands for, and nothing else. */
  readonly sql: boolean;
}

/** Prints a plan for each query and INSERT. Definitions and settings take effect; no row is read or written. */
export async function explainScript(
  job: ScriptJob,
  options: ExplainOptions,
  context: CommandContext,
): Promise<number> {
  if (options.sql) {
    await context.stdout.write(`${job.source.text.trimEnd()}\n`);
    return EXIT_DONE;
  }
  let first = true;
  await withSession(job, options, context, async (session) => {
    for await (const result of session.explain(job.source.text)) {
      if (result.kind !== 'explain') continue;
      await context.stdout.write(`${first ? '' : '\n'}${result.text.trimEnd()}\n`);
      first = false;
    }
  });
  return EXIT_DONE;
}
