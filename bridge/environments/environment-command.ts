/** Runs `python -m millstream._environment`: a request in, progress lines and one result out. */
import { CancelledError, ERROR_KINDS } from '../../core/index.js';
import type { WireError } from '../protocol/messages.js';
import { pythonEnvironment, startError } from '../python-command.js';
import { TextLines } from '../text-lines.js';

/** Surroundings of a run. */
export interface CommandOptions {
  /** The interpreter that environments start from. */
  readonly python: string;
  readonly onProgress: (text: string) => void;
  /** Aborting it ends the command, which removes what is half done. */
  readonly signal: AbortSignal;
}

type Line =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: WireError };

/** @throws the error that the command reported; CancelledError when the signal ended it. */
export async function runEnvironmentCommand<T>(
  name: 'declared' | 'build' | 'lock' | 'unpack',
  request: object,
  { python, onProgress, signal }: CommandOptions,
): Promise<T> {
  signal.throwIfAborted();
  // Loaded here: most jobs build nothing.
  const { execa } = await import('execa');
  let last: Exclude<Line, { type: 'progress' }> | null = null;
  const subprocess = execa(python, ['-m', 'millstream._environment', name], {
    env: pythonEnvironment({ python, pythonPath: [], isIsolated: false }),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    reject: false,
    cleanup: false,
    // Ctrl-C in a terminal reaches the whole process group: it has to end by our word, and clean up.
    detached: true,
  });
  const lines = new TextLines((text) => {
    const line = JSON.parse(text) as Line;
    if (line.type === 'progress') onProgress(line.text);
    else last = line;
  });
  subprocess.stdout.setEncoding('utf8').on('data', (text: string) => lines.append(text));
  subprocess.stdin.on('error', () => undefined);
  subprocess.stdin.write(`${JSON.stringify(request)}\n`);
  const stop = () => void subprocess.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const result = await subprocess.finally(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) throw signal.reason ?? new CancelledError('CANCELLED', 'The build was stopped.');
  return outcome<T>(last, python, result);
}

function outcome<T>(
  line: Exclude<Line, { type: 'progress' }> | null,
  python: string,
  { stderr, cause }: { readonly stderr: string; readonly cause?: unknown },
): T {
  if (line === null) throw startError(python, stderr, cause);
  if (line.type === 'done') return line.result as T;
  const { kind, code, message, hint, details } = line.error;
  throw new ERROR_KINDS[kind](code, message, { hint, details });
}
