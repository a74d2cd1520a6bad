/** Ctrl-C and termination: cancel first, then leave, within a second. */
import { CancelledError } from '../core/index.js';
import { EXIT_INTERRUPTED } from './exit-codes.js';

/** From the first signal to the end of the process, whatever still runs; workers end with their zygote. */
const GRACE_MS = 900;
const SIGNALS = { SIGINT: EXIT_INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals of this process as an AbortSignal. The second signal ends the process at once. */
export class Interrupt {
  /** Exit code that the first signal asks for; null where none came. */
  exitCode: number | null = null;
  private readonly controller = new AbortController();

  /** Starts listening. */
  static listen(): Interrupt {
    const interrupt = new Interrupt();
    for (const [name, code] of Object.entries(SIGNALS)) process.on(name, () => interrupt.take(name, code));
    return interrupt;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  private take(name: string, code: number): void {
    if (this.exitCode !== null) process.exit(code);
    this.exitCode = code;
    setTimeout(() => process.exit(code), GRACE_MS).unref();
    this.controller.abort(
      new CancelledError('CANCELLED', `Stopped by ${name === 'SIGINT' ? 'Ctrl-C' : name}.`),
    );
  }
}
