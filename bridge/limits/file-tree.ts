/** Kernel files under an injectable root, so that limits are also tested on recorded trees. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class FileTree {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** The file's text without its last line break; null where it cannot be read. */
  read(path: string): string | null {
    try {
      return readFileSync(join(this.#root, path), 'utf8').trimEnd();
    } catch {
      return null;
    }
  }

  /** Names in a folder; none where it cannot be read. */
  list(path: string): string[] {
    try {
      return readdirSync(join(this.#root, path));
    } catch {
      return [];
    }
  }

  /** @throws what the kernel answers. */
  write(path: string, text: string): void {
    writeFileSync(join(this.#root, path), text);
  }

  makeFolder(path: string): void {
    mkdirSync(join(this.#root, path), { recursive: true });
  }

  /** Removes an empty folder (a cgroup counts as empty once no process is in it); true when it is gone. */
  removeFolder(path: string): boolean {
    try {
      rmdirSync(join(this.#root, path));
      return true;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOENT';
    }
  }

  /** A whole number in a file; null where there is none (`max`, no such file). */
  readNumber(path: string): number | null {
    const text = this.read(path);
    return text !== null && /^\d+$/.test(text) ? Number(text) : null;
  }

  /** The number after `key` in a file of `key value` lines; null where there is none. */
  readKey(path: string, key: string): number | null {
    const value = new RegExp(`^${key} (\\d+)$`, 'm').exec(this.read(path) ?? '')?.[1];
    return value === undefined ? null : Number(value);
  }

  /** Process ids listed in a file, one a line. */
  readPids(path: string): number[] {
    return (this.read(path) ?? '').split(/\s+/).filter(Boolean).map(Number);
  }
}
