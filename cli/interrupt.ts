/** Ctrl-C: cancel, and leave within a second, or after a last checkpoint. SIGTERM: end in order, within the grace that services are given. */
import { CancelledError } from '../core/index.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-codes.js';

/** From what cancels the job to the end of the process, whatever still runs; workers end with their zygote. */
const CANCEL_GRACE_MS = 900;
/** As Kubernetes waits before it kills. */
const DRAIN_GRACE_MS = 30_000;
/** Before that what is not done is cancelled, so that functions are still closed. */
const DRAIN_MS = DRAIN_GRACE_MS - 2_000;
/** A last checkpoint that takes longer is given up: the one before it stays. */
const STOP_MS = 10_000;
const SIGNALS = { SIGINT: EXIT_INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

/** What Ctrl-C does before it cancels. */
interface InterruptStop {
  readonly work: () => Promise<unknown> | null;
  readonly notice: InterruptNotice;
}

/** What is said of that work, and how long it may take; null: nothing, and as long as it takes. */
export interface InterruptNotice {
  readonly text: string | null;
  readonly withinMs: number | null;
}

const LAST_CHECKPOINT: InterruptNotice = {
  text: `Ctrl-C: takes a last checkpoint, within ${STOP_MS / 1000} s. The second one ends it at once.`,
  withinMs: STOP_MS,
};

type SignalName = keyof typeof SIGNALS;

/** A signal that was taken, and how the process ends by it. */
interface Taken {
  readonly name: SignalName;
  /** The job is ended in order: it may still come to a good end. */
  readonly isDrain: boolean;
}

/** Signals of this process as an AbortSignal. The second signal ends the process at once. */
export class Interrupt {
  private readonly controller = new AbortController();
  private drain: (() => void) | null = null;
  private stop: InterruptStop | null = null;
  private taken: Taken | null = null;
  private say: (text: string) => void = sayOnStderr;

  /** Starts listening. */
  static listen(): Interrupt {
    const interrupt = new Interrupt();
    for (const name of Object.keys(SIGNALS) as SignalName[]) process.on(name, () => interrupt.take(name));
    return interrupt;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Has SIGTERM call `drain` instead of aborting the signal, until the returned function is called. */
  onTerminate(drain: () => void): () => void {
    this.drain = drain;
    return () => {
      this.drain = null;
    };
  }

  /**
   * Has Ctrl-C call `stop` first, until the returned function is called: where it gives work, the signal is aborted when
   * that has failed or takes too long.
   */
  onInterrupt(stop: InterruptStop['work'], notice: InterruptNotice = LAST_CHECKPOINT): () => void {
    this.stop = { work: stop, notice };
    return () => {
      this.stop = null;
    };
  }

  /** Has `say` tell what a signal begins, until the returned function is called: it knows what else is on the terminal. */
  onNotice(say: (text: string) => void): () => void {
    this.say = say;
    return () => {
      this.say = sayOnStderr;
    };
  }

  /** Ends the process: with `exitCode`, or, after a signal that left the job undone, with its code and a word about it. */
  end(exitCode: number): never {
    const { taken } = this;
    if (taken === null) process.exit(exitCode);
    const isKept = taken.isDrain && exitCode !== EXIT_INTERRUPTED;
    const text = taken.isDrain && exitCode === EXIT_DONE ? ' What it had read is done.' : '';
    process.stderr.write(`${stoppedBy(taken.name)}${text}\n`);
    process.exit(isKept ? exitCode : SIGNALS[taken.name]);
  }

  /** A signal has come. */
  take(name: SignalName): void {
    // Whatever the end would have been, it is not waited for.
    if (this.taken !== null) this.end(EXIT_INTERRUPTED);
    const { drain } = this;
    const isDrain = name === 'SIGTERM' && drain !== null;
    this.taken = { name, isDrain };
    const stopping = name === 'SIGINT' ? (this.stop?.work() ?? null) : null;
    if (stopping !== null) {
      const { text, withinMs } = this.stop?.notice ?? LAST_CHECKPOINT;
      if (text !== null) this.say(text);
      const timer =
        withinMs === null ? null : setTimeout(() => this.cancel(name, CANCEL_GRACE_MS), withinMs).unref();
      stopping.catch(() => {
        if (timer !== null) clearTimeout(timer);
        this.cancel(name, CANCEL_GRACE_MS);
      });
    } else if (isDrain) {
      const seconds = DRAIN_GRACE_MS / 1000;
      this.say(`${name}: ends in order, within ${seconds} s. A second signal ends it at once.`);
      setTimeout(() => this.cancel(name, DRAIN_GRACE_MS - DRAIN_MS), DRAIN_MS).unref();
      drain();
    } else {
      this.cancel(name, CANCEL_GRACE_MS);
    }
  }

  private cancel(name: SignalName, graceMs: number): void {
    setTimeout(() => this.end(EXIT_INTERRUPTED), graceMs).unref();
    this.controller.abort(new CancelledError('CANCELLED', stoppedBy(name)));
  }
}

function sayOnStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

function stoppedBy(name: SignalName): string {
  return `Stopped by ${name === 'SIGINT' ? 'Ctrl-C' : name}.`;
}
