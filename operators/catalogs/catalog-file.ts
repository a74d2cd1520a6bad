/** The file of a persistent catalog: replaced as a whole, one process at a time. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type CatalogText, reasonOf, SourceError } from '../../core/index.js';

/** How long a statement waits for another process to finish its change. */
const WAIT_MS = 10_000;
const PAUSE_MS = 10;

/**
 * The text of the file at `path` (absolute), which need not exist yet.
 * @param planOnly while it is true, changes are kept in memory: what is only explained changes nothing
 * `update` throws {SourceError} CATALOG_WRITE where the file cannot be written, CATALOG_LOCKED where another process holds it too long.
 */
export function catalogFile(path: string, planOnly: () => boolean): CatalogText {
  let planned: { readonly text: string; readonly mark: string } | null = null;
  const read = () => {
    if (!planOnly()) planned = null;
    return planned ?? readText(path);
  };
  return {
    place: path,
    read,
    update: (change) => {
      const before = read();
      if (planOnly()) planned = { text: change(before.text), mark: `planned after ${before.mark}` };
      else withLock(path, () => replaceText(path, change(readText(path).text)));
    },
  };
}

function readText(path: string): { text: string | null; mark: string } {
  try {
    const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (stats === undefined) return { text: null, mark: 'none' };
    return { text: readFileSync(path, 'utf8'), mark: `${stats.ino} ${stats.mtimeNs} ${stats.size}` };
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new SourceError('CATALOG_FILE', `The catalog file ${path} cannot be read: ${reason}`, {
      details: { file: path },
      hint: "Check the 'path' of the catalog: it is a file, which need not exist yet.",
      cause,
    });
  }
}

function replaceText(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeDurably(temporary, text);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw writeError(path, cause);
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function withLock(path: string, run: () => void): void {
  const lock = `${path}.lock`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw writeError(path, cause);
  }
  const end = performance.now() + WAIT_MS;
  while (!taken(lock, path)) {
    if (performance.now() > end) throw lockedError(path, lock);
    pause();
  }
  try {
    run();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Makes the lock with its holder's number in it, at once; takes it from a holder that is dead. */
function taken(lock: string, path: string): boolean {
  const own = `${lock}.${process.pid}`;
  try {
    writeDurably(own, String(process.pid));
    linkSync(own, lock);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(path, cause);
    removeIfDead(lock, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Renames before it removes, and looks at what was renamed: the dead holder's lock may have been taken over meanwhile. */
function removeIfDead(lock: string, own: string): void {
  if (!holderIsDead(lock)) return;
  const moved = `${own}.dead`;
  try {
    renameSync(lock, moved);
    if (!holderIsDead(moved)) linkSync(moved, lock);
  } catch {
    // Another process was quicker.
  }
  rmSync(moved, { force: true });
}

function holderIsDead(lock: string): boolean {
  const holder = holderOf(lock);
  if (holder === null || holder === process.pid) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function holderOf(lock: string): number | null {
  try {
    return Number(readFileSync(lock, 'utf8')) || null;
  } catch {
    return null;
  }
}

/** The change of another process takes milliseconds. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function lockedError(path: string, lock: string): SourceError {
  const holder = holderOf(lock) ?? 'another one';
  return new SourceError(
    'CATALOG_LOCKED',
    `The catalog file ${path} is being changed by process ${holder} since ${WAIT_MS / 1000} s.`,
    {
      details: { file: path },
      hint: `If that process has nothing to do with Millstream, remove ${lock}.`,
    },
  );
}

function writeError(path: string, cause: unknown): SourceError {
  const reason = reasonOf(cause);
  return new SourceError('CATALOG_WRITE', `The catalog file ${path} cannot be written: ${reason}`, {
    details: { file: path },
    hint: "Check the 'path' of the catalog and the rights of its folder.",
    cause,
  });
}
