/** What is asked of an environment, and the name under which its lock is kept. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EnvironmentError } from '../../core/index.js';

/** A version of Python that somebody asks for (`3.12`, `>=3.11,<3.14`, a path), and who does. */
export interface PythonDemand {
  readonly python: string;
  /** As messages say it: `the decorator of score (functions.py:4)`. */
  readonly origin: string;
}

/** Everything that decides about an environment. */
export interface EnvironmentRequest {
  /** Who needs it, as messages say it: `function score`. */
  readonly subject: string;
  /** Lines as in a requirements file. */
  readonly requirements: readonly string[];
  /** Requirements files, absolute. */
  readonly files: readonly string[];
  /** Folder of wheels that replaces the package index, absolute; null: the index. */
  readonly wheels: string | null;
  readonly pythons: readonly PythonDemand[];
  /** Text of the user's lock file; null: uv resolves. */
  readonly lock: string | null;
}

/** Variables that change what uv finds. */
const INDEX_VARIABLES =
  /^(UV|PIP)_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|EXCLUDE_NEWER)$/;

/**
 * A hash of the request as it is now: the text of its files, the wheels in its folder, the Python it starts from.
 * @throws {EnvironmentError} ENV_REQUIREMENTS where a file is missing, or names something that a lock cannot hold.
 */
export function requestHash(
  request: EnvironmentRequest,
  base: { executable: string; version: string },
): string {
  const { requirements, files, wheels, pythons, lock } = request;
  const variables = Object.entries(process.env).filter(([name]) => INDEX_VARIABLES.test(name));
  const parts = [
    process.platform,
    process.arch,
    base.executable,
    base.version,
    [...requirements].sort(),
    files.map(requirementLines),
    wheels === null ? null : wheelsIn(wheels),
    pythons.map(({ python }) => python),
    lock,
    variables.sort(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** The lines of a requirements file that mean something, with those of the files that it names. @throws {EnvironmentError} ENV_REQUIREMENTS */
export function requirementLines(file: string): string[] {
  const lines = requirementsText(file).split('\n');
  return lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '');
}

/** A requirements file with the files that it names in place of their names. */
function requirementsText(file: string, seen: ReadonlySet<string> = new Set()): string {
  if (seen.has(file)) return '';
  return readText(file)
    .split('\n')
    .map((line, i) => {
      refuseLocalFolder(line, file, i + 1);
      const named = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/.exec(line)?.[1];
      if (named === undefined) return line;
      return requirementsText(resolve(dirname(file), named), new Set([...seen, file]));
    })
    .join('\n');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new EnvironmentError('ENV_REQUIREMENTS', `The requirements file ${file} cannot be read.`, {
      hint: 'The path is relative to the working directory.',
      details: { file },
      cause,
    });
  }
}

function refuseLocalFolder(line: string, file: string, number: number): void {
  if (
    !/^\s*(-e\b|--editable\b|\.{1,2}\/\S*\/?\s*$|\.\s*$|file:)/.test(line) ||
    /\.(whl|tar\.gz|zip)\b/.test(line)
  )
    return;
  throw new EnvironmentError('ENV_REQUIREMENTS', `${file}:${number} names a folder: \`${line.trim()}\`.`, {
    hint:
      'An environment is kept by what is in it, and a folder changes: build a wheel of it, or put the folder into ' +
      'python.files.',
    details: { file, line: number },
  });
}

/** Names, sizes and times of the files in a folder of wheels. */
function wheelsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return `${name} ${size} ${mtimeMs}`;
      });
  } catch (cause) {
    throw new EnvironmentError('ENV_REQUIREMENTS', `The folder of wheels ${folder} cannot be read.`, {
      hint: "It is named after '#' in python.requirements, and relative to the working directory.",
      details: { file: folder },
      cause,
    });
  }
}
