/** What a systemd scope needs of the machine: commands that end, and one process that stays. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** How a command ended. */
export interface CommandEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that keeps a scope alive. */
export interface ScopeHolder {
  readonly pid: number;
  /** Ends it. It ends by itself when this process dies. */
  stop(): void;
}

/** Commands and processes, injectable so that a recorded exchange can take their place. */
export interface ScopeCommands {
  /** Runs to the end. Takes some milliseconds, in which this process does nothing else. */
  run(command: string, args: readonly string[]): CommandEnd;
  /** Null where no process can be made. */
  hold(): ScopeHolder | null;
  /** Waits a moment. */
  pause(): void;
}

const LONGEST_MS = 5_000;
const PAUSE_MS = 5;

/** The real ones. */
export const SCOPE_COMMANDS: ScopeCommands = {
  run(command, args) {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: LONGEST_MS });
    return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
  },
  hold() {
    // Reads until its input ends, which it does when this process dies.
    const child: ChildProcess = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.unref();
    (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    return child.pid === undefined ? null : { pid: child.pid, stop: () => child.stdin?.end() };
  },
  pause() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  },
};
