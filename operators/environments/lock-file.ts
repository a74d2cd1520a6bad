/** `functions.py.lock`, `requirements.txt.lock`: what `millstream env lock` found, kept beside the file and used as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { PythonDemand } from '../../bridge/index.js';
import { EnvironmentError } from '../../core/index.js';

/** One environment of a lock file; a file may have functions with several. */
export interface LockEntry {
  /** The requirements it is the answer to, sorted. */
  readonly requirements: readonly string[];
  readonly pythons: readonly string[];
  /** Version it was resolved for: `3.12.4`. */
  readonly python: string;
  /** Text of a requirements file with exact versions and hashes. */
  readonly lock: string;
}

export interface LockFile {
  readonly version: 1;
  readonly environments: readonly LockEntry[];
}

/** The name of the lock file of a Python or requirements file. */
export function lockFileOf(file: string): string {
  return `${file}.lock`;
}

/**
 * The lock for these requirements, and the Python that it demands; nulls where there is no lock file.
 * @throws {EnvironmentError} ENV_LOCK where the file has no answer to them
 */
export function lockFor(
  file: string,
  requirements: readonly string[],
  pythons: readonly PythonDemand[],
): { readonly lock: string | null; readonly demands: readonly PythonDemand[] } {
  const path = lockFileOf(file);
  if (!existsSync(path)) return { lock: null, demands: [] };
  const wanted = JSON.stringify([sorted(requirements), pythons.map(({ python }) => python)]);
  const entry = read(path).environments.find((e) => JSON.stringify([e.requirements, e.pythons]) === wanted);
  if (entry === undefined) throw stale(file, path);
  const minor = entry.python.split('.').slice(0, 2).join('.');
  return { lock: entry.lock, demands: [{ python: minor, origin: basename(path) }] };
}

/** Requirements in the order in which they are compared. */
export function sorted(requirements: readonly string[]): string[] {
  return [...requirements].sort();
}

function read(path: string): LockFile {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as LockFile;
    if (content.version === 1 && Array.isArray(content.environments)) return content;
  } catch {
    // Told below: a file of another tool may have this name.
  }
  throw new EnvironmentError('ENV_LOCK', `${path} is no lock file of Millstream.`, {
    hint: 'Remove it, or make it with `millstream env lock`.',
    details: { file: path },
  });
}

function stale(file: string, path: string): EnvironmentError {
  return new EnvironmentError('ENV_LOCK', `${path} does not belong to what ${basename(file)} asks for now.`, {
    hint: `Renew it: \`millstream env lock ${file}\`. Without a lock file the newest versions that fit are taken.`,
    details: { file: path },
  });
}
