/**
 * What is said over the zygote's stdin and stdout: one JSON object a line. The zygote (python-udf,
 * `millstream._worker.zygote_main`) has imported the harness, and is the parent of its workers.
 */

/** core → zygote */
export type ZygoteCommand =
  /** What the zygote removes when it ends, as the core may have died: cgroups once they are empty, folders with all in them. */
  | { readonly type: 'own'; readonly cgroups: readonly string[]; readonly folders: readonly string[] }
  /** Unfinished output, removed when the zygote ends, unless it is `release`d before. */
  | ({ readonly type: 'guard'; readonly name: string } & UnfinishedPaths)
  /** What was guarded under that name is finished, or gone. */
  | { readonly type: 'release'; readonly name: string }
  /** Forks a worker that waits at its pipe. Answer: `forked`. */
  | {
      readonly type: 'fork';
      readonly worker: string;
      readonly arguments: WorkerArguments;
      /** Folders of cgroups made for the worker; owned before. */
      readonly cgroups: readonly string[];
      /** The zygote's variables that stay, by name; null: all of them. */
      readonly inherited: readonly string[] | null;
      readonly environment: Readonly<Record<string, string>>;
      readonly workingDirectory: string;
      readonly rlimits: Readonly<Record<string, number>>;
    }
  /** Lets a forked worker run: it has been moved into its cgroup. */
  | { readonly type: 'go'; readonly worker: string }
  /** Sends a signal to the worker's whole group. */
  | { readonly type: 'kill'; readonly worker: string; readonly signal: string };

/** Files that nobody shall find if they are never finished. */
export interface UnfinishedPaths {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Folders made for them, deepest first: removed where nothing else is in them. */
  readonly folders: readonly string[];
}

/** What a worker process is started with: on its command line (cold start) as JSON, or through the zygote. */
export interface WorkerArguments {
  readonly kind: 'function' | 'relational';
  readonly worker: string;
  readonly epoch: number;
  readonly controlEndpoint: string;
  readonly dataEndpoint: string;
  readonly token: string;
}

/** zygote → core */
export type ZygoteEvent =
  /** Imports are done. */
  | { readonly type: 'ready'; readonly pid: number; readonly threads: number; readonly importMs: number }
  | { readonly type: 'forked'; readonly worker: string; readonly pid: number; readonly startTime: number }
  | { readonly type: 'fork_failed'; readonly worker: string; readonly message: string }
  /** `wait4` reported it. Exactly one of exitCode and signal is not null. */
  | {
      readonly type: 'exited';
      readonly worker: string;
      readonly pid: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly maxRssBytes: number;
      readonly userSeconds: number;
      readonly systemSeconds: number;
    }
  /** Output that went past the harness to file descriptors 1 and 2 (native code, crashes). */
  | {
      readonly type: 'output';
      readonly worker: string;
      readonly source: 'stdout' | 'stderr';
      readonly text: string;
      readonly dropped: number;
    };
