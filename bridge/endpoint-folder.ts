/** A private folder for the sockets of one bridge: mode 0700, a short random name, removed at close. */
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../core/index.js';

/** Longest path given to a socket; the kernel's limit is 107 bytes. */
export const MAX_SOCKET_PATH_BYTES = 100;

export class EndpointFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
    openFolders.add(this);
    if (openFolders.size === 1) {
      process.once('exit', removeAll);
    }
  }

  /**
   * Creates the folder under `$XDG_RUNTIME_DIR` where that is usable, else under the temporary folder.
   * @throws {EnvironmentError} SOCKET_FOLDER when no folder can be made, or its path is too long.
   */
  static create(bases: readonly string[] = defaultBases()): EndpointFolder {
    const problems: string[] = [];
    for (const base of bases) {
      const longest = Buffer.byteLength(join(base, 'ms-XXXXXX', 'w99999.c'));
      if (longest > MAX_SOCKET_PATH_BYTES) {
        problems.push(
          `${base} is too long (sockets would need ${longest} of ${MAX_SOCKET_PATH_BYTES} bytes)`,
        );
        continue;
      }
      try {
        return new EndpointFolder(makePrivate(base));
      } catch (error) {
        problems.push(`${base}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new EnvironmentError('SOCKET_FOLDER', `No folder for sockets: ${problems.join('; ')}.`, {
      hint: 'Set XDG_RUNTIME_DIR or TMPDIR to a short path of a folder that you can write.',
    });
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

function makePrivate(base: string): string {
  const path = mkdtempSync(join(base, 'ms-'));
  chmodSync(path, 0o700);
  if ((statSync(path).mode & 0o777) !== 0o700) {
    rmSync(path, { recursive: true, force: true });
    throw new Error('its permissions cannot be restricted to 0700');
  }
  return path;
}
