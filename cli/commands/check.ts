/** `millstream check`: whether a job could run, without running it. */
import type { CommandContext } from '../context.js';
import { renderError } from '../errors/render-error.js';
import { EXIT_DONE, EXIT_INVALID } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { type ScriptOptions, withSession } from './with-session.js';

/**
 * Loads the functions, binds each query and INSERT with the types that they declare, and plans it. Definitions and
 * settings take effect; no row is read or written. All statements are looked at, and each that is wrong is told.
 */
export async function checkScript(
  job: ScriptJob,
  options: ScriptOptions,
  context: CommandContext,
): Promise<number> {
  let planned = 0;
  let wrong = 0;
  await withSession(job, options, context, async (session, reporter) => {
    for await (const result of session.check(job.source.text)) {
      if (result.kind === 'explain') planned += 1;
      if (result.kind !== 'wrong') continue;
      wrong += 1;
      reporter.line(renderError(result.error, job.source, process.env.MILLSTREAM_DEBUG === '1'));
    }
    if (wrong > 1) reporter.line(`${wrong} errors`);
  });
  if (wrong > 0) return EXIT_INVALID;
  const what = planned === 1 ? '1 query or INSERT' : `${planned} queries and INSERTs`;
  await context.stdout.write(`ok: ${what} could run\n`);
  return EXIT_DONE;
}
