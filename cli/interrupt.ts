/** Ctrl-C and termination: cancel first, then leave, within a second. */
import { CancelledError } from '../core/index.js';
import { EXIT_INTERRUPTED } from './exit-codes.js';

/** From the first signal to the end of the process, whatever still runs; workers end with their zygote. */
const GRACE_MS = 900;
const SIGNALS = { SIGINT: EXIT_INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals of this process as an AbortSignal. The second signal ends the process at once. */
export class Interrupt {
  private readonly controller = new AbortController();
  private taken: { readonly exitCode: number; readonly message: string } | null = null;

  /** Starts listening. */
  static listen(): Interrupt {
    const interrupt = new Interrupt();
    for (const [name, code] of Object.entries(SIGNALS)) process.on(name, () => interrupt.take(name, code));
    return interrupt;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Ends the process: with `exitCode`, or, after a signal, with its code and a word about it. */
  end(exitCode: number): never {
    if (this.taken !== null) process.stderr.write(`${this.taken.message}\n`);
    process.exit(this.taken?.exitCode ?? exitCode);
  }

  private take(name: string, exitCode: number): void {
    if (this.taken !== null) this.end(exitCode);
    const message = `Stopped by ${name === 'SIGINT' ? 'Ctrl-C' : name}.`;
    this.taken = { exitCode, message };
    setTimeout(() => this.end(exitCode), GRACE_MS).unref();
    this.controller.abort(new CancelledError('CANCELLED', message));
  }
}
