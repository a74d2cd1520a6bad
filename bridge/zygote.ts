/**
 * The zygote: a Python process that has imported the harness and forks workers on command. Spoken to by JSON lines
 * (`protocol/zygote.ts`). When the core dies its stdin ends and it cleans up.
 */
import { type MillstreamError, WorkerError } from '../core/index.js';
import type { UnfinishedPaths, ZygoteCommand, ZygoteEvent } from './protocol/zygote.js';
import { type PythonCommand, startError } from './python-command.js';
import { TextLines } from './text-lines.js';
import { TextTail } from './text-tail.js';
import type { ForkRequest, ProcessExit, RawOutput, WorkerHost, WorkerProcess } from './worker-host.js';
import type { ZygoteEnd, ZygoteProcess } from './zygote-process.js';

/** What a zygote is made from. */
export interface ZygoteOptions extends PythonCommand {
  /** Started with this command; belongs to the zygote from now on. */
  readonly process: ZygoteProcess;
  /** What it means that it ended before it was ready; by default that its Python does not start. */
  readonly startError?: (stderr: string, cause: unknown) => MillstreamError;
  /** Looks why a process did not become ready, and throws what it finds: an interpreter that cannot be used. */
  readonly diagnose: () => Promise<unknown>;
  /** Removed with everything in them when it ends. */
  readonly folders: readonly string[];
  /** Called with what the zygote itself prints: never a worker's output. */
  readonly onText: (text: string) => void;
}

export class Zygote implements WorkerHost {
  readonly #options: ZygoteOptions;
  readonly #process: ZygoteProcess;
  readonly #ready: Promise<void>;
  readonly #children = new Map<string, Child>();
  readonly #stderr = new TextTail();
  readonly #ended: Promise<void>;
  #isReady = false;
  #isAborted = false;
  #endError: MillstreamError | null = null;
  #markReady: () => void = () => undefined;

  private constructor(options: ZygoteOptions) {
    this.#options = options;
    this.#process = options.process;
    const lines = new TextLines((line) => this.#onLine(line));
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => lines.append(text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr.append(text);
      // Until it is ready the text may be a failed start, whose error tells it.
      if (this.#isReady) options.onText(text);
    });
    const started = new Promise<void>((resolve) => {
      this.#markReady = resolve;
    });
    this.#ended = this.#process.ended.then((end) => this.#onEnd(end));
    this.#ready = Promise.race([started, this.#ended.then(() => this.#explainEnd())]);
    this.#ready.catch(() => undefined);
    this.send({ type: 'own', cgroups: [], folders: options.folders });
  }

  /** Takes charge of a process; that it failed to start shows at the first `fork`. */
  static start(options: ZygoteOptions): Zygote {
    return new Zygote(options);
  }

  get hasEnded(): boolean {
    return this.#endError !== null;
  }

  async fork(request: ForkRequest, onOutput: (output: RawOutput) => void): Promise<WorkerProcess> {
    await this.#ready;
    if (this.#endError !== null) {
      throw this.#endError;
    }
    const child = new Child(this, request.arguments.worker, onOutput);
    this.#children.set(child.worker, child);
    this.send({ type: 'fork', worker: child.worker, ...request });
    return child.forked;
  }

  own(cgroups: readonly string[]): void {
    if (cgroups.length > 0) this.send({ type: 'own', cgroups, folders: [] });
  }

  guard(name: string, paths: UnfinishedPaths): void {
    this.send({ type: 'guard', name, ...paths });
  }

  release(name: string): void {
    this.send({ type: 'release', name });
  }

  send(command: ZygoteCommand): void {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  async abort(): Promise<void> {
    // It has nothing to clean up before its imports are done, and would only see them through.
    if (!this.#isReady) {
      this.#isAborted = true;
      this.#process.kill();
    }
    await this.close();
  }

  #onLine(line: string): void {
    const event = parseEvent(line);
    if (event === null) {
      this.#options.onText(`${line}\n`);
    } else if (event.type === 'ready') {
      this.#isReady = true;
      if (this.#stderr.toString() !== '') this.#options.onText(this.#stderr.toString());
      this.#markReady();
    } else {
      this.#children.get(event.worker)?.onEvent(event);
      if (event.type === 'exited' || event.type === 'fork_failed') {
        this.#children.delete(event.worker);
      }
    }
  }

  async #explainEnd(): Promise<never> {
    if (!this.#isReady && !this.#isAborted) await this.#options.diagnose();
    throw this.#endError ?? startError(this.#options.python, '');
  }

  #onEnd({ exitCode, signal, cause }: ZygoteEnd): void {
    this.#endError = this.#isReady
      ? new WorkerError(
          'WORKER_START',
          `The process that forks workers ended (${signal ?? `exit code ${exitCode}`}).`,
          {
            hint: 'Something outside of Millstream killed it, or the machine ran out of memory; run the job again.',
          },
        )
      : (this.#options.startError ?? ((stderr, reason) => startError(this.#options.python, stderr, reason)))(
          this.#stderr.toString(),
          cause ?? undefined,
        );
    for (const child of this.#children.values()) {
      child.onHostLost(this.#endError);
    }
    this.#children.clear();
  }
}

/** Null for a line that is not an event: text that a library printed while it was imported. */
function parseEvent(line: string): ZygoteEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as ZygoteEvent) : null;
  } catch {
    return null;
  }
}

/** One forked worker, from the command to the report of its end. */
class Child implements WorkerProcess {
  readonly worker: string;
  readonly forked: Promise<WorkerProcess>;
  readonly exited: Promise<ProcessExit>;
  pid = 0;
  readonly #zygote: Zygote;
  readonly #onOutput: (output: RawOutput) => void;
  #resolveForked: (process: WorkerProcess) => void = () => undefined;
  #rejectForked: (error: unknown) => void = () => undefined;
  #resolveExited: (exit: ProcessExit) => void = () => undefined;

  constructor(zygote: Zygote, worker: string, onOutput: (output: RawOutput) => void) {
    this.#zygote = zygote;
    this.worker = worker;
    this.#onOutput = onOutput;
    this.forked = new Promise((resolve, reject) => {
      this.#resolveForked = resolve;
      this.#rejectForked = reject;
    });
    this.exited = new Promise((resolve) => {
      this.#resolveExited = resolve;
    });
  }

  go(): void {
    this.#zygote.send({ type: 'go', worker: this.worker });
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGUSR2'): void {
    this.#zygote.send({ type: 'kill', worker: this.worker, signal });
  }

  onEvent(event: Exclude<ZygoteEvent, { type: 'ready' }>): void {
    switch (event.type) {
      case 'forked':
        this.pid = event.pid;
        this.#resolveForked(this);
        break;
      case 'fork_failed':
        this.#rejectForked(
          new WorkerError('WORKER_START', `A worker process could not be forked: ${event.message}.`, {
            hint: 'The machine may be out of memory or of process ids; run fewer workers.',
          }),
        );
        break;
      case 'output':
        this.#onOutput(event);
        break;
      case 'exited':
        this.#resolveExited({
          exitCode: event.exitCode,
          signal: event.signal,
          maxRssBytes: event.maxRssBytes,
          cpuSeconds: event.userSeconds + event.systemSeconds,
          hostLost: false,
        });
        break;
    }
  }

  onHostLost(error: MillstreamError): void {
    this.#rejectForked(error);
    this.#resolveExited({
      exitCode: null,
      signal: 'SIGKILL',
      maxRssBytes: null,
      cpuSeconds: null,
      hostLost: true,
    });
  }
}
