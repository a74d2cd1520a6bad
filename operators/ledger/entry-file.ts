/** Entries of jobs as files `ID.json` beside the sockets `ID.sock` that show whether the job lives. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry } from '../../core/index.js';
import { isListening } from './life-socket.js';

/** An entry whose job lives. */
export interface LiveEntry extends LedgerEntry {
  /** ISO 8601, of its entry. */
  readonly since: string;
}

export function socketPath(folder: string, id: string): string {
  return join(folder, `${id}.sock`);
}

/** Writes or replaces an entry, whole or not at all. */
export function writeEntry(folder: string, entry: LiveEntry): void {
  const path = join(folder, `${entry.id}.json`);
  writeFileSync(`${path}.new`, JSON.stringify(entry), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Removes an entry and its socket. */
export function removeEntry(folder: string, id: string): void {
  rmSync(join(folder, `${id}.json`), { force: true });
  rmSync(join(folder, `${id}.json.new`), { force: true });
  rmSync(socketPath(folder, id), { force: true });
}

/**
 * The jobs that live. What a dead one left is removed: the kernel closed its socket when it died, so nobody answers
 * there. A process that is stopped or busy still has its socket, and is counted.
 */
export async function liveEntries(folder: string): Promise<LiveEntry[]> {
  const found = await Promise.all(
    entryIds(folder).map(async (id) => {
      const entry = readEntry(folder, id);
      if (entry === null) return [];
      if (await isListening(socketPath(folder, id))) return [entry];
      removeEntry(folder, id);
      return [];
    }),
  );
  return found.flat();
}

function entryIds(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => /^([0-9a-f]{8})\.json$/.exec(name)?.[1] ?? []);
}

/** Null where it was removed, or is none. */
function readEntry(folder: string, id: string): LiveEntry | null {
  try {
    const entry: unknown = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'));
    return isEntry(entry) && entry.id === id ? entry : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is LiveEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<keyof LiveEntry, unknown>;
  const isBytes = (bytes: unknown) => typeof bytes === 'number' && bytes >= 0;
  return (
    typeof entry.id === 'string' &&
    typeof entry.name === 'string' &&
    typeof entry.pid === 'number' &&
    typeof entry.since === 'string' &&
    (entry.number === null || typeof entry.number === 'number') &&
    isBytes(entry.leastBytes) &&
    (entry.grantedBytes === null || isBytes(entry.grantedBytes))
  );
}
