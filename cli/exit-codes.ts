/** Exit codes of the command, and which failure has which. */
import { CancelledError, ConfigurationError, PlanError, SqlError } from '../core/index.js';

export const EXIT_DONE = 0;
/** The job was valid and failed. */
export const EXIT_FAILED = 1;
/** The command line or the job cannot be run as it is written. */
export const EXIT_INVALID = 2;
/** Ctrl-C. */
export const EXIT_INTERRUPTED = 130;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CancelledError) return EXIT_INTERRUPTED;
  // What a row's value makes fail while the query runs has no place in the SQL text.
  const invalid =
    (error instanceof SqlError && error.details.stage === null) ||
    error instanceof PlanError ||
    error instanceof ConfigurationError;
  return invalid ? EXIT_INVALID : EXIT_FAILED;
}
