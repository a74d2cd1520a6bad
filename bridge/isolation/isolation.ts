/** What function workers are kept from: the levels, and what a job grants beyond them. */

/** `off`: caps alone. `standard`: a sandbox. `strict`: one for each function, with a filter of system calls. */
export type IsolationLevel = 'off' | 'standard' | 'strict';

/** How function workers are isolated; relational workers run no code of users and are not. */
export interface IsolationOptions {
  readonly level: Exclude<IsolationLevel, 'off'>;
  /** Absolute; what workers start in. Shown read-only where it is not too wide. */
  readonly workingDirectory: string;
  /** The host's network; none otherwise, not even its loopback. */
  readonly network: boolean;
  /** Absolute folders and files that the job needs, read-only. Those too wide to be meant (`/`, `/home`) are left out. */
  readonly readable: () => readonly string[];
  /** The same by the user's word: nothing is left out. */
  readonly granted: readonly string[];
  /** Absolute folders, files and devices that workers may change. */
  readonly writable: readonly string[];
  /** Names of the core's variables that are let in; null: all. */
  readonly environment: readonly string[] | null;
  /** Most bytes in the sandbox's `/tmp`, and as many in its `/dev/shm`. */
  readonly temporaryBytes: number;
}
