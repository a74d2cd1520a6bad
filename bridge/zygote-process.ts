/**
 * The process of a zygote. By `node:child_process` itself: this is the first thing that a command does, before any
 * package is loaded (docs/performance.md).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { WorkerArguments } from './protocol/zygote.js';
import { type PythonCommand, pythonEnvironment } from './python-command.js';
import { moduleArguments } from './python-module.js';

/** Which workers a zygote forks: decides what it imports. */
export type ZygoteKind = WorkerArguments['kind'];

export interface ZygoteProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended and its output is complete; never rejects. */
  readonly ended: Promise<ZygoteEnd>;
  /** Ends it at once: only before it was told of anything that it must clean up. */
  kill(): void;
}

export interface ZygoteEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why there was no process at all; null where there was one. */
  readonly cause: Error | null;
}

/** Starts one; that it could not be started shows in `ended`. */
export function startZygoteProcess(command: PythonCommand, kind: ZygoteKind): ZygoteProcess {
  return startProcess(
    command.python,
    moduleArguments('millstream._worker.zygote_main', kind),
    pythonEnvironment(command),
    null,
  );
}

/** Starts a program that speaks as a zygote; `cwd` null: where this process is. */
export function startProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string | null,
): ZygoteProcess {
  const child = spawn(program, args, {
    env,
    ...(cwd === null ? {} : { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches the whole process group; this one must outlive the core to clean up.
    detached: true,
  });
  const { stdin, stdout, stderr } = child;
  // A write to a zygote that has gone; its end is reported by the process.
  stdin.on('error', () => undefined);
  return { stdin, stdout, stderr, ended: endOf(child), kill: () => child.kill('SIGKILL') };
}

function endOf(child: ChildProcess): Promise<ZygoteEnd> {
  return new Promise((resolve) => {
    child.on('error', (cause) => resolve({ exitCode: null, signal: null, cause }));
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, cause: null }));
  });
}
