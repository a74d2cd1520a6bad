/** The folder of saved bundles: found by id, and kept small. */
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../bridge/index.js';
import { ConfigurationError, nearNames } from '../../core/index.js';
import { MAGIC, type SavedBundle } from './saved-bundle.js';

const KEPT_FILES = 20;
const KEPT_MS = 7 * 24 * 3600 * 1000;
const ENDING = '.bundle';

/** `bundles` in the cache folder of the user. */
export function bundleFolder(): string {
  return join(cacheFolder(), 'bundles');
}

/** A saved bundle and its file. */
export interface FoundBundle {
  readonly file: string;
  readonly header: SavedBundle;
}

/** All saved bundles that can be read, newest first. */
export function listBundles(folder: string): FoundBundle[] {
  return filesOf(folder).flatMap(({ file }) => {
    const header = readHeader(file);
    return header === null ? [] : [{ file, header }];
  });
}

/** The bundle whose id begins with `id`. @throws {ConfigurationError} REPLAY_NOT_FOUND, with near ids */
export function findBundle(folder: string, id: string): FoundBundle {
  const bundles = listBundles(folder);
  const found = bundles.filter(({ header }) => header.id.startsWith(id.toLowerCase()));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const ids = bundles.map(({ header }) => header.id);
  const near = nearNames(id, ids);
  throw new ConfigurationError(
    'REPLAY_NOT_FOUND',
    found.length > 1 ? `Several saved bundles begin with '${id}'.` : `There is no saved bundle '${id}'.`,
    {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(' or ')}?`
          : 'Bundles are kept for 7 days, the last 20 of them: `millstream replay` lists them.',
    },
  );
}

/** Removes bundles that are too old or too many; one more will be written. */
export function removeOldBundles(folder: string, nowMs = Date.now()): void {
  const old = new Set(oldBundles(folder, nowMs));
  filesOf(folder).forEach(({ file }, position) => {
    if (position >= KEPT_FILES - 1 || old.has(file)) rmSync(file, { force: true });
  });
}

/** Files of bundles that are too old; with a time of infinity, of all. */
export function oldBundles(folder: string, nowMs: number): string[] {
  return filesOf(folder).flatMap(({ file, savedMs }) => (nowMs - savedMs > KEPT_MS ? [file] : []));
}

/** Newest first. */
function filesOf(folder: string): { readonly file: string; readonly savedMs: number }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(ENDING))
    .map((name) => {
      const file = join(folder, name);
      return { file, savedMs: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    })
    .sort((a, b) => b.savedMs - a.savedMs);
}

function readHeader(file: string): SavedBundle | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const start = Buffer.alloc(MAGIC.length + 4);
    readSync(descriptor, start, 0, start.length, 0);
    if (start.subarray(0, MAGIC.length).toString() !== MAGIC) return null;
    const header = Buffer.alloc(start.readUInt32LE(MAGIC.length));
    readSync(descriptor, header, 0, header.length, start.length);
    return JSON.parse(header.toString()) as SavedBundle;
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
