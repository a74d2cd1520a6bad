/** Which Python runs the workers: named → MILLSTREAM_PYTHON → `.venv` of this package → python3 on PATH. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../core/index.js';
import { startError } from './python-command.js';

/** A Python that was tried. */
export interface PythonInterpreter {
  /** Path, or the name on PATH. */
  readonly executable: string;
  /** Where it was named: `python.executable`, `MILLSTREAM_PYTHON`, `.venv` or `PATH`. */
  readonly origin: string;
  /** `3.11.2` */
  readonly version: string;
}

/** What is asked of `findPython`. */
export interface FindPythonOptions {
  /** The configured interpreter; null: look for one. */
  readonly configured: string | null;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const OLDEST: readonly [number, number] = [3, 10];
const PROBE = "import sys; print('.'.join(map(str, sys.version_info[:3])))";

/**
 * Finds the interpreter and runs it once. What is named must work: only PATH is a guess.
 * @throws {EnvironmentError} PYTHON_NOT_FOUND, PYTHON_VERSION.
 */
export async function findPython(options: FindPythonOptions | PythonCandidate): Promise<PythonInterpreter> {
  const candidate = 'executable' in options ? options : choosePython(options);
  // Loaded here, because a zygote is started without it.
  const { execa } = await import('execa');
  const result = await execa(candidate.executable, ['-I', '-c', PROBE], { reject: false, timeout: 20_000 });
  if (result.failed) {
    throw result.exitCode === undefined
      ? startError(candidate.executable, result.stderr, result.cause)
      : unusable(candidate, `It ended with exit code ${result.exitCode}: ${result.stderr.trim()}`);
  }
  const version = result.stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new EnvironmentError('PYTHON_VERSION', `The Python at ${candidate.executable} is ${version}.`, {
      hint: `Millstream needs ${OLDEST.join('.')} or newer; name one with python.executable or MILLSTREAM_PYTHON.`,
    });
  }
  return { ...candidate, version };
}

/** An interpreter that was not tried. */
export type PythonCandidate = Omit<PythonInterpreter, 'version'>;

/** The interpreter that `findPython` would try, without trying it: a zygote tells soon enough. */
export function choosePython({ configured, environment = process.env }: FindPythonOptions): PythonCandidate {
  if (configured !== null) {
    return { executable: configured, origin: 'python.executable' };
  }
  const named = environment.MILLSTREAM_PYTHON;
  if (named !== undefined && named !== '') {
    return { executable: named, origin: 'MILLSTREAM_PYTHON' };
  }
  const own = ownEnvironment();
  return own === null ? { executable: 'python3', origin: 'PATH' } : { executable: own, origin: '.venv' };
}

/** `.venv` beside this package's package.json, both in the sources and as built. */
function ownEnvironment(): string | null {
  const candidates = ['../.venv/bin/python', '../../.venv/bin/python'];
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? null;
}

function unusable(candidate: PythonCandidate, reason: string): EnvironmentError {
  return new EnvironmentError(
    'PYTHON_NOT_FOUND',
    `The Python at ${candidate.executable} cannot be used. ${reason}`,
    {
      hint: `It comes from ${candidate.origin}; name another one with python.executable or MILLSTREAM_PYTHON.`,
    },
  );
}
