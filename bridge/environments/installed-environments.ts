/** The environments in the cache folder: which there are, and how they are removed. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentManifest } from './environments.js';

export interface InstalledEnvironment extends EnvironmentManifest {
  readonly folder: string;
  readonly lastUsed: Date;
  /** Processes that use it now. */
  readonly users: readonly number[];
}

/** All that are complete, the most recently used first. */
export function installedEnvironments(cache: string): InstalledEnvironment[] {
  const parent = join(cache, 'environments');
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => !name.startsWith('.')) : [];
  const found = names.flatMap((name) => readInstalled(join(parent, name)) ?? []);
  return found.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
}

/** Removes an environment; it must have no users. */
export function removeEnvironment(environment: InstalledEnvironment): void {
  // Nobody finds it while it is being removed.
  const leaving = `${environment.folder}.removing-${process.pid}`;
  renameSync(environment.folder, leaving);
  rmSync(leaving, { recursive: true, force: true });
}

/** Removes locks, what was read from files, and unpacked archives: the next build resolves anew. */
export function removeCached(cache: string): void {
  for (const folder of cachedFolders(cache)) rmSync(folder, { recursive: true, force: true });
}

/** The folders of these, where they exist. */
export function cachedFolders(cache: string): string[] {
  return ['locks', 'declared', 'archives']
    .map((name) => join(cache, name))
    .filter((path) => existsSync(path));
}

function readInstalled(folder: string): InstalledEnvironment | null {
  const file = join(folder, 'environment.json');
  if (!existsSync(file)) return null;
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as EnvironmentManifest;
  return { ...manifest, folder, lastUsed: statSync(file).mtime, users: usersOf(folder) };
}

/** Markers of processes that ended without taking them away do not count. */
function usersOf(folder: string): number[] {
  const markers = join(folder, 'users');
  const names = existsSync(markers) ? readdirSync(markers) : [];
  return [...new Set(names.map((name) => Number.parseInt(name, 10)))].filter(isAlive);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
