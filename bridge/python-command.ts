/** How the worker's Python is started: module path, environment, and what its failures to start mean. */
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError, type MillstreamError, WorkerError } from '../core/index.js';
import { missingPackage } from './missing-package.js';

/** The interpreter and module search path of a bridge. */
export interface PythonCommand {
  readonly python: string;
  readonly pythonPath: readonly string[];
  /** PYTHONPATH of the core does not count. */
  readonly isIsolated?: boolean;
}

/**
 * What glibc keeps of freed memory, and what it maps by itself: as much as it comes to on its own once a block of 32 MiB was
 * freed. Else the columns of each batch (1 MiB) go back to the system and are given, page by page, for the next: a seventh
 * of w4's time.
 */
const KEPT_FREED_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: String(64 << 20),
  MALLOC_MMAP_THRESHOLD_: String(32 << 20),
};

/** All variables of a Python process of the bridge. */
export function pythonEnvironment(command: PythonCommand): Record<string, string | undefined> {
  const ofCore = command.isIsolated ? '' : (process.env.PYTHONPATH ?? '');
  const path = [...command.pythonPath, ...packageFolder(), ofCore];
  return {
    ...KEPT_FREED_MEMORY,
    ...process.env,
    PYTHONPATH: path.filter((folder) => folder !== '').join(delimiter),
    PYTHONUNBUFFERED: '1',
    // Libraries start their threads at import; a zygote must have none when it forks.
    OPENBLAS_NUM_THREADS: '1',
    // pyarrow's jemalloc would start a thread of its own at import, before the zygote forks.
    JE_ARROW_MALLOC_CONF: 'background_thread:false',
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
  };
}

/** The folder of the Python package `millstream` beside this code; none where it is only installed. */
function packageFolder(): string[] {
  return ['../python-udf/', '../../python-udf/']
    .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
    .filter((folder) => existsSync(`${folder}millstream`))
    .slice(0, 1);
}

/** The error for a Python process that ended before it was ready. `cause` is set where it could not be spawned. */
export function startError(python: string, stderr: string, cause: unknown = undefined): MillstreamError {
  const missing = missingPackage(python, stderr);
  if (missing !== null) {
    return missing;
  }
  if (cause !== undefined && hasCode(cause, 'ENOENT', 'EACCES')) {
    const where = python.includes('/') ? `at ${python}` : `called ${python} on PATH`;
    return new EnvironmentError('PYTHON_NOT_FOUND', `There is no Python interpreter ${where}.`, {
      hint: 'Name one (3.10 or newer) with python.executable or MILLSTREAM_PYTHON.',
      cause,
    });
  }
  const output = stderr.trim() === '' ? 'It printed nothing.' : `It printed:\n${stderr.trimEnd()}`;
  return new WorkerError(
    'WORKER_START',
    `The Python process for workers (${python}) ended before it was ready. ${output}`,
    {
      hint: 'Run `millstream doctor`, which checks the interpreter and its packages.',
      cause,
    },
  );
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && codes.includes(code);
}
