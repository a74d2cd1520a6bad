/** What every command is given. */

import type { InterruptNotice } from './interrupt.js';
import type { OpenSession } from './open-session.js';
import type { StreamOutput } from './output.js';

export interface CommandContext {
  readonly stdout: StreamOutput;
  /** Cells of a line where stdout is a terminal; null where it is not. */
  readonly terminalColumns: number | null;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Has SIGTERM call `drain` instead of aborting `signal`, until the returned function is called. */
  readonly onTerminate: (drain: () => void) => () => void;
  /**
   * Has Ctrl-C call `stop` first, until the returned function is called: where it gives work, `signal` is aborted when that
   * has failed or takes too long.
   */
  readonly onInterrupt: (stop: () => Promise<unknown> | null, notice?: InterruptNotice) => () => void;
  /** Has `say` tell what a signal begins, instead of stderr, until the returned function is called. */
  readonly onNotice: (say: (text: string) => void) => () => void;
  readonly openSession: OpenSession;
}
