/** The files that functions were imported from, and whether they have changed since. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { ModuleSource } from '../../bridge/index.js';

interface Known {
  readonly sha256: string;
  /** Of the file when it was last compared. */
  stamp: string;
}

/** Compares by time and size first, by content where those differ: a file that was only touched has not changed. */
export class ModuleSources {
  readonly #files = new Map<string, Known>();

  add(sources: readonly ModuleSource[]): void {
    for (const { file, sha256 } of sources) this.#files.set(file, { sha256, stamp: stampOf(file) });
  }

  /** A file that is no longer what was imported; null where all are. */
  changed(): string | null {
    for (const [file, known] of this.#files) {
      const stamp = stampOf(file);
      if (stamp === known.stamp) continue;
      if (hashOf(file) !== known.sha256) return file;
      known.stamp = stamp;
    }
    return null;
  }

  clear(): void {
    this.#files.clear();
  }
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

function hashOf(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return null;
  }
}
