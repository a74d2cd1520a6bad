/** What one worker prints and logs, as entries for the user. */
import type { WorkerLog } from './api.js';
import { CrashReportHold } from './crash-report.js';
import type { Log } from './protocol/messages.js';
import { TextLines } from './text-lines.js';
import type { RawOutput } from './worker-host.js';

export class WorkerLogger {
  readonly #worker: string;
  readonly #onLog: (entry: WorkerLog) => void;
  readonly #crashReports: CrashReportHold;
  readonly #splitters: Readonly<Record<RawOutput['source'], TextLines>>;
  readonly #stderrListeners = new Set<(text: string) => void>();
  #function: string | null = null;

  constructor(worker: string, onLog: (entry: WorkerLog) => void) {
    this.#worker = worker;
    this.#onLog = onLog;
    this.#crashReports = new CrashReportHold((line) => this.#write('stderr', 'INFO', this.#function, line));
    this.#splitters = {
      stdout: new TextLines((line) => this.#write('stdout', 'INFO', this.#function, line)),
      stderr: new TextLines((line) => this.#crashReports.append(line)),
    };
  }

  /** The function that ran last: lines that went past the harness are taken to be its own. */
  set lastFunction(name: string | null) {
    this.#function = name;
  }

  /** A line that the harness captured. */
  onLog({ source, level, function: name, text, dropped }: Log): void {
    this.#onLog({ worker: this.#worker, source, level, function: name, text, dropped });
  }

  /** Text that went past the harness. */
  onOutput({ source, text, dropped }: RawOutput): void {
    if (dropped > 0) {
      this.note('WARNING', this.#function, `${dropped} lines were left out here`);
    }
    this.#splitters[source].append(text);
    if (source === 'stderr') {
      for (const listener of this.#stderrListeners) {
        listener(text);
      }
    }
  }

  /** A note of the bridge about the worker. */
  note(level: string, name: string | null, text: string): void {
    this.#write('bridge', level, name, text);
  }

  /** Calls `onText` with what comes on file descriptor 2 until the returned function is called. */
  listenToStderr(onText: (text: string) => void): () => void {
    this.#stderrListeners.add(onText);
    return () => {
      this.#stderrListeners.delete(onText);
    };
  }

  /** Gives what is left of lines that did not end. @param crashed The verdict shows the crash report. */
  end(crashed: boolean): void {
    this.#splitters.stdout.end();
    this.#splitters.stderr.end();
    this.#crashReports.end(crashed);
  }

  #write(source: WorkerLog['source'], level: string, name: string | null, text: string): void {
    this.#onLog({ worker: this.#worker, source, level, function: name, text, dropped: 0 });
  }
}
