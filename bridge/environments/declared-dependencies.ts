/** What a Python file declares about its dependencies. Files that declare nothing cost a look at their text. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WireError } from '../protocol/messages.js';
import { type CommandOptions, runEnvironmentCommand } from './environment-command.js';

/** The inline metadata of a file (PEP 723), and the options of the functions in it. */
export interface DeclaredDependencies {
  readonly metadata: {
    readonly dependencies: readonly string[];
    readonly python: string | null;
    readonly line: number;
  } | null;
  /** By path in the module: `score`, `Model.score`. */
  readonly functions: Readonly<Record<string, FunctionDependencies>>;
}

export interface FunctionDependencies {
  readonly packages: readonly string[] | null;
  readonly python: string | null;
  readonly line: number;
  /** Why it cannot be read; null where it can. */
  readonly problem: WireError | null;
}

const NOTHING: DeclaredDependencies = { metadata: null, functions: {} };
const MAY_DECLARE = /^# \/\/\/ script\b|\b(?:packages|python)\s*=/m;

/** Reads `file`; what was read once is kept under the hash of its text. @throws {EnvironmentError} ENV_DECLARATION */
export async function declaredDependencies(
  file: string,
  cache: string,
  options: CommandOptions,
): Promise<DeclaredDependencies> {
  const text = readFileSync(file, 'utf8');
  if (!MAY_DECLARE.test(text)) return NOTHING;
  // Problems name the file.
  const hash = createHash('sha256').update(`${file}\n${text}`).digest('hex').slice(0, 32);
  const record = join(cache, 'declared', `${hash}.json`);
  const known = readRecord(record);
  if (known !== null) return known;
  const declared = await runEnvironmentCommand<DeclaredDependencies>('declared', { file }, options);
  mkdirSync(join(cache, 'declared'), { recursive: true });
  writeFileSync(`${record}.${process.pid}`, JSON.stringify(declared));
  renameSync(`${record}.${process.pid}`, record);
  return declared;
}

function readRecord(file: string): DeclaredDependencies | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DeclaredDependencies;
  } catch {
    return null;
  }
}
