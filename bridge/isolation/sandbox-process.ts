/** Starts a zygote in a sandbox: `millstream._worker.sandbox_main`, which to the core is a zygote like any other. */
import { resolve } from 'node:path';
import { EnvironmentError, type MillstreamError } from '../../core/index.js';
import { type PythonCommand, pythonEnvironment, startError } from '../python-command.js';
import { startProcess, type ZygoteKind, type ZygoteProcess } from '../zygote-process.js';
import type { IsolationOptions } from './isolation.js';

/** What a sandbox is made from beside the job's options. */
export interface SandboxOptions {
  /** The interpreter of the workers, started inside. */
  readonly command: PythonCommand;
  /** Millstream's own interpreter, which watches from outside. */
  readonly outerPython: string;
  readonly kind: ZygoteKind;
  readonly isolation: IsolationOptions;
  /** Folders of sockets and shared memory: made right after the start. */
  readonly folders: readonly string[];
}

/** The sandbox's process; that it could not be made shows in `ended`. */
export function startSandboxProcess(options: SandboxOptions): ZygoteProcess {
  const { command, outerPython, kind, isolation, folders } = options;
  const { level, workingDirectory, network, granted, writable, environment, temporaryBytes } = isolation;
  // The struct `SandboxSpec` in python-udf/millstream/_worker/sandbox_spec.py.
  const spec = {
    level,
    kind,
    python: absolute(command.python),
    workingDirectory,
    network,
    readable: isolation.readable(),
    granted,
    writable,
    folders,
    environment,
    temporaryBytes,
  };
  return startProcess(
    absolute(outerPython),
    ['-m', 'millstream._worker.sandbox_main', JSON.stringify(spec)],
    pythonEnvironment(command),
    // The working directory is the first place that modules are looked for: a job's must not be loaded outside.
    '/',
  );
}

/** Why a sandbox ended before its zygote was ready. */
export function sandboxStartError(command: PythonCommand, stderr: string, cause: unknown): MillstreamError {
  if (!/bwrap|bubblewrap|seccomp/.test(stderr)) return startError(command.python, stderr, cause);
  return isolationRefused(`bubblewrap made no sandbox: ${stderr.trim()}`);
}

/** A level that cannot be had is refused, never lowered. */
export function isolationRefused(reason: string): EnvironmentError {
  return new EnvironmentError('ISOLATION_LEVEL', `Workers cannot be isolated here: ${reason}`, {
    hint: "`millstream doctor` says which level can be had; 'millstream.isolation' = 'off' does without (docs/isolation.md).",
  });
}

function absolute(python: string): string {
  return python.includes('/') ? resolve(python) : python;
}
