/** Arguments → command; errors → text on stderr and an exit code. */
import { CommanderError } from 'commander';
import type { CommandContext } from './context.js';
import { type ErrorSource, renderError } from './errors/render-error.js';
import { EXIT_DONE, EXIT_INTERRUPTED, EXIT_INVALID, exitCodeOf } from './exit-codes.js';
import { JobError } from './job/job-error.js';
import { createCommandLine } from './program.js';

/** Runs one command to its end and returns the exit code; never throws. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  let source: ErrorSource | null = null;
  const line = createCommandLine(context, (read) => {
    source = read;
  });
  try {
    await line.command.parseAsync(args, { from: 'user' });
    await context.stdout.flush();
    return line.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_INVALID;
    if (context.signal.aborted) return EXIT_INTERRUPTED;
    const place = error instanceof JobError ? error.source : source;
    context.stderr.write(`${renderError(error, place, process.env.MILLSTREAM_DEBUG === '1')}\n`);
    return exitCodeOf(error);
  }
}
