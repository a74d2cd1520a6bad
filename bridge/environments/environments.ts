/** The environments of functions: found in the user's cache folder, or built there once. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerPython } from '../api.js';
import { findPython, type PythonCandidate, type PythonInterpreter } from '../python-interpreter.js';
import { type DeclaredDependencies, declaredDependencies } from './declared-dependencies.js';
import { type CommandOptions, runEnvironmentCommand } from './environment-command.js';
import { type EnvironmentRequest, requestHash } from './environment-request.js';
import { unpackArchive } from './unpack-archive.js';

/** A built environment, as its `environment.json` says. */
export interface EnvironmentManifest {
  readonly key: string;
  readonly executable: string;
  /** `3.12.4` */
  readonly python: string;
  /** The interpreter that it was made of. */
  readonly home: string;
  readonly subject: string;
  readonly requirements: readonly string[];
  readonly packages: Readonly<Record<string, string>>;
}

export interface EnvironmentsOptions extends Omit<CommandOptions, 'python'> {
  readonly cache: string;
  /** What environments are made of, where it is what they ask for; tried when the first is needed. */
  readonly python: PythonCandidate;
}

/** One for each session; what it uses is marked as in use until `close`. */
export class Environments {
  readonly #options: EnvironmentsOptions;
  #base: Promise<PythonInterpreter> | null = null;
  readonly #requested = new Map<string, Promise<EnvironmentManifest>>();
  readonly #markers = new Set<string>();

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  get #command(): CommandOptions {
    return { ...this.#options, python: this.#options.python.executable };
  }

  /** What a Python file declares. @throws {EnvironmentError} ENV_DECLARATION */
  declared(file: string): Promise<DeclaredDependencies> {
    return declaredDependencies(file, this.#options.cache, this.#command);
  }

  /**
   * The environment for a request: at once where it has been built, else when it has.
   * @throws {EnvironmentError} ENV_BUILD, ENV_UV, ENV_REQUIREMENTS, VERSION_MISMATCH
   */
  async ensure(request: EnvironmentRequest): Promise<WorkerPython> {
    this.#base ??= findPython(this.#options.python);
    const specification = requestHash(request, await this.#base);
    const pending = this.#requested.get(specification) ?? this.#find(specification, request);
    this.#requested.set(specification, pending);
    try {
      const { key, executable } = await pending;
      return { key, executable, isBuilt: true };
    } catch (error) {
      this.#requested.delete(specification);
      throw error;
    }
  }

  /** The folder that an archive was unpacked into. @throws {EnvironmentError} ENV_ARCHIVE */
  unpack(file: string): Promise<string> {
    return unpackArchive(file, this.#options.cache, this.#command);
  }

  /** The lock of a request, and the version of Python that it is for. */
  lock(request: EnvironmentRequest): Promise<{ readonly lock: string; readonly python: string }> {
    const { lock: _, ...rest } = request;
    return runEnvironmentCommand('lock', { ...rest, cache: this.#options.cache }, this.#command);
  }

  /** Lets go of the environments, so that they may be cleaned. */
  close(): void {
    for (const marker of this.#markers) rmSync(marker, { force: true });
    this.#markers.clear();
  }

  async #find(specification: string, request: EnvironmentRequest): Promise<EnvironmentManifest> {
    const { cache } = this.#options;
    const known = readBuilt(cache, specification);
    if (known === null) this.#options.onProgress(`Building the environment of ${request.subject} …`);
    const manifest =
      known ??
      (await runEnvironmentCommand<EnvironmentManifest>(
        'build',
        { ...request, cache, specification },
        this.#command,
      ));
    this.#mark(manifest.key);
    return manifest;
  }

  /** Notes that this process uses it, and when. */
  #mark(key: string): void {
    const folder = join(this.#options.cache, 'environments', key);
    const marker = join(folder, 'users', `${process.pid}-${randomBytes(4).toString('hex')}`);
    mkdirSync(join(folder, 'users'), { recursive: true });
    writeFileSync(marker, '');
    this.#markers.add(marker);
    const now = new Date();
    utimesSync(join(folder, 'environment.json'), now, now);
  }
}

/** The environment that was built for a specification; null where none was, or it is no longer whole. */
function readBuilt(cache: string, specification: string): EnvironmentManifest | null {
  try {
    const { key } = JSON.parse(readFileSync(join(cache, 'locks', `${specification}.json`), 'utf8')) as {
      key: string;
    };
    const text = readFileSync(join(cache, 'environments', key, 'environment.json'), 'utf8');
    const manifest = JSON.parse(text) as EnvironmentManifest;
    return existsSync(manifest.executable) ? manifest : null;
  } catch {
    return null;
  }
}
