/** The environments that a Python file or a requirements file asks for, without running a job. */
import { writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  cacheFolder,
  choosePython,
  type EnvironmentRequest,
  Environments,
  requirementLines,
  type WorkerPython,
} from '../../bridge/index.js';
import { FunctionEnvironments } from './function-environments.js';
import { type LockEntry, type LockFile, lockFileOf, sorted } from './lock-file.js';

export interface FileEnvironmentsOptions {
  /** `functions.py`, or `requirements.txt`, or `requirements.txt#wheels`. */
  readonly file: string;
  readonly workingDirectory: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A built environment and who asked for it. */
export interface FileEnvironment extends WorkerPython {
  readonly subject: string;
}

/** Builds every environment that the file asks for. @throws {EnvironmentError} as for a job */
export async function buildFileEnvironments(options: FileEnvironmentsOptions): Promise<FileEnvironment[]> {
  const environments = openEnvironments(options);
  try {
    const built: FileEnvironment[] = [];
    for (const request of await requestsOf(options, environments, false)) {
      built.push({ subject: request.subject, ...(await environments.ensure(request)) });
    }
    return built;
  } finally {
    environments.close();
  }
}

/** Resolves every environment of the file and writes the lock file beside it; its name and how many it has. */
export async function lockFileEnvironments(
  options: FileEnvironmentsOptions,
): Promise<{ readonly path: string; readonly environments: number }> {
  const environments = openEnvironments(options);
  const entries: LockEntry[] = [];
  for (const request of await requestsOf(options, environments, true)) {
    const { lock, python } = await environments.lock(request);
    const lines = [...request.requirements, ...request.files.flatMap(requirementLines)];
    entries.push({
      requirements: sorted(lines),
      pythons: request.pythons.map((demand) => demand.python),
      python,
      lock,
    });
  }
  const path = lockFileOf(resolve(options.workingDirectory, pathOf(options.file)));
  const content: LockFile = { version: 1, environments: unique(entries) };
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
  return { path, environments: content.environments.length };
}

function openEnvironments({ onProgress, signal }: FileEnvironmentsOptions): Environments {
  return new Environments({
    cache: cacheFolder(),
    python: choosePython({ configured: null }),
    onProgress,
    signal,
  });
}

async function requestsOf(
  { file, workingDirectory }: FileEnvironmentsOptions,
  environments: Environments,
  ignoreLocks: boolean,
): Promise<EnvironmentRequest[]> {
  const path = resolve(workingDirectory, pathOf(file));
  const isPython = path.endsWith('.py');
  // The folder of wheels after '#' is all that counts of it for functions.
  const requirements = isPython && !file.includes('#') ? null : file;
  const chosen = new FunctionEnvironments(environments, () => ({
    requirements,
    workingDirectory,
    ignoreLocks,
    option: () => null,
  }));
  if (!isPython)
    return [await chosen.request({ name: file, target: '' }, [])].filter((request) => request !== null);
  const module = basename(path, '.py');
  const declared = await environments.declared(path);
  const names = Object.keys(declared.functions);
  if (declared.metadata !== null) names.push('any other function');
  const found: EnvironmentRequest[] = [];
  for (const name of names) {
    const request = await chosen.request({ name, target: `${module}.${name}` }, [dirname(path)]);
    if (request !== null) found.push(request);
  }
  return found;
}

function pathOf(file: string): string {
  return file.split('#', 1)[0]!;
}

function unique(entries: readonly LockEntry[]): LockEntry[] {
  return [...new Map(entries.map((e) => [JSON.stringify([e.requirements, e.pythons]), e])).values()];
}
