/** What a TableEnvironment may be given, and what holds where it is not. */
import type { LogLine, Progress, SessionOptions } from '../session/session-types.js';

/** Options of `TableEnvironment.create`; all may be left out. */
export interface EnvironmentOptions {
  /** Keys and values as in `SET` and `-D`. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Relative paths are resolved against it; default: the process's. */
  readonly workingDirectory?: string;
  /** Python interpreter of the workers; default: found as the command does. */
  readonly python?: string;
  /** Default: batch where every source ends, streaming otherwise. */
  readonly mode?: 'batch' | 'streaming';
  /** Aborting it cancels what runs. */
  readonly signal?: AbortSignal;
  /** A line that a Python function printed or logged; default: standard error. */
  readonly onLog?: (line: LogLine) => void;
  /** Something to know that needs no action, such as the chosen mode; default: nothing but a warning of the process where it waits for memory. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Writes rows of `print` tables; resolves when more may be written. Default: standard output. */
  readonly print?: (text: string) => Promise<void>;
}

/** The options of the session behind an environment. */
export function sessionOptions(options: EnvironmentOptions, signal: AbortSignal): SessionOptions {
  return {
    configuration: options.configuration ?? {},
    workingDirectory: options.workingDirectory ?? process.cwd(),
    jobFolder: null,
    python: options.python ?? null,
    mode: options.mode ?? null,
    signal,
    onLog: options.onLog ?? logToStderr,
    onNote: options.onNote ?? (() => {}),
    onWarning: options.onNote ?? ((text) => process.emitWarning(text, 'MillstreamWarning')),
    onProgress: options.onProgress ?? (() => {}),
    print: options.print ?? ((text) => written(process.stdout, text)),
  };
}

function logToStderr({ worker, function: name, text, dropped }: LogLine): void {
  const left = dropped === 0 ? '' : ` (${dropped} lines before it are left out)`;
  process.stderr.write(`[${name ?? worker}] ${text}${left}\n`);
}

function written(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error == null ? resolve() : reject(error)));
  });
}
