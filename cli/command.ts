/** The command as a process: its streams, its signals, its exit code. */
import type { EarlyZygotes } from '../bridge/index.js';
import { collectInStepsOnceLong } from './collect-in-steps.js';
import { Interrupt } from './interrupt.js';
import { openSessionWith } from './open-session.js';
import { StreamOutput } from './output.js';
import { runCommandLine } from './run-command-line.js';

/**
 * Runs the command line `args` and ends the process.
 * @param zygotes that run already; those without a use are ended
 */
export async function runProcess(args: readonly string[], zygotes: EarlyZygotes | null): Promise<never> {
  // Stacks then name sources; reading the maps takes longer than a short job.
  if (process.env.MILLSTREAM_DEBUG === '1') process.setSourceMapsEnabled(true);
  collectInStepsOnceLong();
  const interrupt = Interrupt.listen();
  const stdout = new StreamOutput(process.stdout);
  // A closed stderr (`2>&1 | head`) must not end a job that writes files.
  process.stderr.on('error', () => {});
  const exitCode = await runCommandLine(args, {
    stdout,
    terminalColumns: process.stdout.isTTY ? process.stdout.columns : null,
    stderr: process.stderr,
    signal: interrupt.signal,
    onTerminate: (drain) => interrupt.onTerminate(drain),
    onInterrupt: (stop, notice) => interrupt.onInterrupt(stop, notice),
    onNotice: (say) => interrupt.onNotice(say),
    openSession: openSessionWith(zygotes),
  });
  await zygotes?.close();
  // What fails here was reported by the command.
  await stdout.flush().catch(() => {});
  return interrupt.end(exitCode);
}
