/** `millstream check`: whether a job could run, without running it. */
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { type ScriptOptions, withSession } from './with-session.js';

/**
 * Loads the functions, binds each query and INSERT with the types that they declare, and plans it. The first thing
 * that is wrong ends it, as it would end `run`. Definitions and settings take effect; no row is read or written.
 */
export async function checkScript(
  job: ScriptJob,
  options: ScriptOptions,
  context: CommandContext,
): Promise<number> {
  let planned = 0;
  await withSession(job, options, context, async (session) => {
    for await (const result of session.explain(job.source.text)) if (result.kind === 'explain') planned += 1;
  });
  const what = planned === 1 ? '1 query or INSERT' : `${planned} queries and INSERTs`;
  await context.stdout.write(`ok: ${what} could run\n`);
  return EXIT_DONE;
}
