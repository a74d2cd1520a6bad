/** Where worker processes come from: a zygote that forks them (`zygote.ts`) or a start from cold (`cold-start.ts`). */
import type { UnfinishedPaths, WorkerArguments } from './protocol/zygote.js';

/** A worker process to make. */
export interface ForkRequest {
  readonly arguments: WorkerArguments;
  /** Cgroups made for it; they are removed with it if the core dies. */
  readonly cgroups: readonly string[];
  /** Variables of the core that stay, by name; null: all of them. */
  readonly inherited: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** By the name of the resource without its prefix: `NOFILE`. */
  readonly rlimits: Readonly<Record<string, number>>;
}

/** Text that a worker wrote past the harness to its file descriptors 1 or 2. */
export interface RawOutput {
  readonly source: 'stdout' | 'stderr';
  readonly text: string;
  /** Lines left out before it. */
  readonly dropped: number;
}

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly maxRssBytes: number | null;
  readonly cpuSeconds: number | null;
  /** The zygote ended and took the worker with it. */
  readonly hostLost: boolean;
}

/** A process that waits for `go`. */
export interface WorkerProcess {
  readonly pid: number;
  go(): void;
  /** Signals the worker's process group; SIGUSR2 goes to the worker alone. */
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGUSR2'): void;
  /** Resolves once, when the process was waited for and its output was read to the end. */
  readonly exited: Promise<ProcessExit>;
}

export interface WorkerHost {
  /** It makes no more processes: a new host must be started. */
  readonly hasEnded: boolean;
  /** Makes a process. @throws {EnvironmentError} or {WorkerError} when that is not possible. */
  fork(request: ForkRequest, onOutput: (output: RawOutput) => void): Promise<WorkerProcess>;
  /** Cgroups to remove if this process dies; nothing where no process outlives it. */
  own(cgroups: readonly string[]): void;
  /** Files to remove if this process dies before `release(name)`; nothing where no process outlives it. */
  guard(name: string, paths: UnfinishedPaths): void;
  release(name: string): void;
  /** Ends the host and every process that it made. */
  close(): Promise<void>;
  /** The same at once, also while it is still starting. */
  abort(): Promise<void>;
}
