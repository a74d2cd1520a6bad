/**
 * What Python's faulthandler writes when native code ends the process:
 * https://docs.python.org/3/library/faulthandler.html
 */

const BEGIN = 'Fatal Python error: ';
const PART =
  /^$|^(?:Fatal Python error: |Python runtime state: |Thread 0x|Current thread 0x|Current thread's C stack|Extension modules: )|^ {2}(?:File "|Binary file "|\.\.\.$|<)/;
/** Frames of the harness, below the user's. */
const OF_HARNESS = /[\\/]millstream[\\/]_/;
/** Lines kept of a stderr without a report: a native library's last words. */
const LAST_LINES = 12;

/**
 * The end of a worker's stderr, cut to what tells the cause: the fatal error, and of the stack of the thread that
 * failed the frames above the harness, most recent first. Null where nothing was written.
 */
export function crashStack(stderr: string): string | null {
  const text = stderr.trim();
  if (text === '') return null;
  const begin = text.lastIndexOf(BEGIN);
  if (begin === -1) return text.split('\n').slice(-LAST_LINES).join('\n');
  const before = text.slice(0, begin).trim().split('\n').slice(-LAST_LINES);
  const [error = '', ...report] = text.slice(begin).split('\n');
  const current = report.findIndex((line) => line.startsWith('Current thread 0x'));
  const frames = current === -1 ? [] : report.slice(current + 1).filter((line) => line.startsWith('  '));
  const harness = frames.findIndex((line) => OF_HARNESS.test(line));
  const users = harness === -1 ? frames : frames.slice(0, harness);
  return [...before, error, ...users].filter((line) => line !== '').join('\n');
}

/**
 * Lets lines through but for crash reports: those are held until it is known whether the worker itself crashed, whose
 * verdict shows them, or a process that user code started.
 */
export class CrashReportHold {
  readonly #onLine: (line: string) => void;
  #held: string[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  append(line: string): void {
    const holds = this.#held.length > 0 ? PART.test(line) : line.startsWith(BEGIN);
    if (holds) {
      this.#held.push(line);
      return;
    }
    this.#release();
    this.#onLine(line);
  }

  /** @param crashed The worker crashed: what is held is in its verdict. */
  end(crashed: boolean): void {
    if (!crashed) this.#release();
    this.#held = [];
  }

  #release(): void {
    for (const line of this.#held) this.#onLine(line);
    this.#held = [];
  }
}
