/** What a live process would leave if it died now, as a file `ID.owns` beside the socket `ID.life` that shows its life. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedPaths, UnfinishedPaths } from '../../bridge/index.js';

/** Everything of one session. */
export interface Manifest extends OwnedPaths {
  readonly name: string;
  readonly pid: number;
  /** Unfinished output. */
  readonly unfinished: readonly UnfinishedPaths[];
}

export function lifePath(folder: string, id: string): string {
  return join(folder, `${id}.life`);
}

/** Writes or replaces it, whole or not at all. */
export function writeManifest(folder: string, id: string, manifest: Manifest): void {
  const path = join(folder, `${id}.owns`);
  writeFileSync(`${path}.new`, JSON.stringify(manifest), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function removeManifest(folder: string, id: string): void {
  for (const ending of ['owns', 'owns.new', 'life']) rmSync(join(folder, `${id}.${ending}`), { force: true });
}

/** Ids of all sessions that have, or had, something to leave. */
export function manifestIds(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => /^([0-9a-f]{8})\.(?:owns|life)$/.exec(name)?.[1] ?? []);
}

/** Null where it is gone, or is none. */
export function readManifest(folder: string, id: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, `${id}.owns`), 'utf8'));
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { name, pid, cgroups, folders, unfinished } = value as Record<keyof Manifest, unknown>;
  return (
    typeof name === 'string' &&
    typeof pid === 'number' &&
    isTexts(cgroups) &&
    isTexts(folders) &&
    Array.isArray(unfinished) &&
    unfinished.every((paths) => isTexts(paths?.files) && isTexts(paths?.folders))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
