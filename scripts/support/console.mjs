/** What the set-up scripts say, and how they end: progress on stderr, one exit code, failures that say what to do. */

/** A failure with what to do about it; `runMain` prints both. */
export class SetupError extends Error {
  /**
   * @param {string} message what happened, one line (output of a failed command may follow)
   * @param {string} hint what to do
   */
  constructor(message, hint) {
    super(message);
    this.name = 'SetupError';
    this.hint = hint;
  }
}

/** Prints one line of progress on stderr; results of a script go to stdout. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a script's main function, which returns the exit code; a SetupError becomes its two parts and code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\nError: ${error.message}\n\nWhat to do: ${error.hint}`);
    process.exitCode = 1;
  }
}

/** Seconds since `startMs` (milliseconds of `performance.now()`) as text, `4.1 s`. */
export function secondsSince(startMs) {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
