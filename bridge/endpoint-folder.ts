/** A private folder for the sockets of one bridge: mode 0700, a short random name, removed at close. */
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, reasonOf } from '../core/index.js';

/** Longest path given to a socket; the kernel's limit is 107 bytes. */
export const MAX_SOCKET_PATH_BYTES = 100;

export class EndpointFolder {
  readonly path: string;

  #isMade = false;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Chooses a new folder under `$XDG_RUNTIME_DIR` where that is usable, else under the temporary folder; `make` makes it.
   * @throws {EnvironmentError} SOCKET_FOLDER when there is no folder to make it in, or its path would be too long.
   */
  static choose(bases: readonly string[] = defaultBases()): EndpointFolder {
    const problems: string[] = [];
    for (const base of bases) {
      const longest = Buffer.byteLength(join(base, 'ms-XXXXXXXX', 'w99999.c'));
      if (longest > MAX_SOCKET_PATH_BYTES) {
        problems.push(
          `${base} is too long (sockets would need ${longest} of ${MAX_SOCKET_PATH_BYTES} bytes)`,
        );
        continue;
      }
      try {
        accessSync(base, constants.W_OK | constants.X_OK);
        return new EndpointFolder(join(base, `ms-${randomBytes(4).toString('hex')}`));
      } catch (error) {
        problems.push(`${base}: ${reasonOf(error)}`);
      }
    }
    throw noFolder(problems.join('; '));
  }

  /**
   * Makes the folder; a second call does nothing. Whoever removes it for a dead process should know of it before.
   * @throws {EnvironmentError} SOCKET_FOLDER
   */
  make(): void {
    if (this.#isMade) return;
    try {
      makePrivate(this.path);
    } catch (error) {
      throw noFolder(reasonOf(error));
    }
    this.#isMade = true;
    openFolders.add(this);
    if (openFolders.size === 1) {
      process.once('exit', removeAll);
    }
  }

  /** The ZeroMQ endpoint of a socket in the folder. */
  endpoint(name: string): string {
    return `ipc://${join(this.path, name)}`;
  }

  /** Removes a socket's file; ZeroMQ leaves it behind. */
  unlink(name: string): void {
    rmSync(join(this.path, name), { force: true });
  }

  remove(): void {
    if (!this.#isMade) return;
    openFolders.delete(this);
    if (openFolders.size === 0) {
      process.off('exit', removeAll);
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** For a process that exits without closing its bridges. */
const openFolders = new Set<EndpointFolder>();

function removeAll(): void {
  for (const folder of openFolders) {
    folder.remove();
  }
}

function defaultBases(): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return runtime === undefined || runtime === '' ? [tmpdir()] : [runtime, tmpdir()];
}

function makePrivate(path: string): void {
  // Fails where somebody else has made it.
  mkdirSync(path, { mode: 0o700 });
  chmodSync(path, 0o700);
  if ((statSync(path).mode & 0o777) !== 0o700) {
    rmSync(path, { recursive: true, force: true });
    throw new Error(`the permissions of ${path} cannot be restricted to 0700`);
  }
}

function noFolder(problems: string): EnvironmentError {
  return new EnvironmentError('SOCKET_FOLDER', `No folder for sockets: ${problems}.`, {
    hint: 'Set XDG_RUNTIME_DIR or TMPDIR to a short path of a folder that you can write.',
  });
}
