/** Removes what dead sessions have left, by their notes. Who lives is shown by its socket, never by age. */
import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { processesIn, removeCgroups } from '../../bridge/index.js';
import { isListening } from '../ledger/life-socket.js';
import { bytesOf } from './bytes-of.js';
import { lifePath, type Manifest, manifestIds, readManifest, removeManifest } from './manifest.js';

/** One thing that is removed, or would be. */
export interface Leftover {
  readonly kind: 'processes' | 'cgroup' | 'folder' | 'file';
  readonly path: string;
  /** On disk or in memory; of processes and cgroups 0. */
  readonly bytes: number;
  /** Whose it was, as `nightly.sql (pid 4711)`. */
  readonly owner: string;
}

export interface Swept {
  readonly removed: readonly Leftover[];
  /** Could not be removed: it is tried again by the next start. */
  readonly kept: readonly Leftover[];
}

/** What all dead sessions of the folder of running jobs have left; nothing is changed. */
export async function findLeftovers(runtimeFolder: string): Promise<Leftover[]> {
  const dead = await deadSessions(runtimeFolder);
  return (await Promise.all(dead.map(({ manifest }) => leftoversOf(manifest)))).flat();
}

/** Removes it all, session by session. */
export async function sweepLeftovers(runtimeFolder: string): Promise<Swept> {
  const removed: Leftover[] = [];
  const kept: Leftover[] = [];
  for (const { id, manifest } of await deadSessions(runtimeFolder)) {
    const found = await leftoversOf(manifest);
    await removeAll(manifest);
    const left = new Set((await leftoversOf(manifest)).map(({ path }) => path));
    for (const leftover of found) (left.has(leftover.path) ? kept : removed).push(leftover);
    if (left.size === 0) removeManifest(runtimeFolder, id);
  }
  return { removed, kept };
}

interface DeadSession {
  readonly id: string;
  readonly manifest: Manifest;
}

const NOTHING: Manifest = { name: '', pid: 0, cgroups: [], folders: [], unfinished: [] };

async function deadSessions(folder: string): Promise<DeadSession[]> {
  if (!existsSync(folder)) return [];
  const ids = [...new Set(manifestIds(folder))];
  const found = await Promise.all(
    ids.map(async (id) => {
      const isAlive = await isListening(lifePath(folder, id));
      // Not read before: who answers no more has written its last.
      return isAlive ? [] : [{ id, manifest: readManifest(folder, id) ?? NOTHING }];
    }),
  );
  return found.flat();
}

async function leftoversOf(manifest: Manifest): Promise<Leftover[]> {
  const owner = `${manifest.name} (pid ${manifest.pid})`;
  const cgroups = manifest.cgroups.filter(isOurs).filter((path) => existsSync(path));
  const running = cgroups.filter((path) => processesIn(path).length > 0);
  const folders = manifest.folders.filter(isOurs);
  const files = manifest.unfinished.flatMap((paths) => paths.files);
  return [
    ...running.map(
      (path): Leftover => ({ kind: 'processes', path: join(path, 'cgroup.procs'), bytes: 0, owner }),
    ),
    ...cgroups.map((path): Leftover => ({ kind: 'cgroup', path, bytes: 0, owner })),
    ...(await existing('folder', folders, owner)),
    ...(await existing('file', files, owner)),
  ];
}

async function existing(
  kind: 'folder' | 'file',
  paths: readonly string[],
  owner: string,
): Promise<Leftover[]> {
  const sizes = await Promise.all(paths.map(bytesOf));
  return paths.flatMap((path, i) => (sizes[i] == null ? [] : [{ kind, path, bytes: sizes[i], owner }]));
}

async function removeAll({ cgroups, folders, unfinished }: Manifest): Promise<void> {
  await removeCgroups(cgroups.filter(isOurs));
  for (const folder of folders.filter(isOurs))
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  for (const file of unfinished.flatMap((paths) => paths.files))
    await rm(file, { force: true }).catch(() => undefined);
  // The first made the folder that the others are in.
  for (const folder of [...unfinished].reverse().flatMap((paths) => paths.folders))
    await rmdir(folder).catch(() => undefined);
}

/** As sessions name what they own: a note that says something else is not followed. */
function isOurs(path: string): boolean {
  return /^(?:ms|millstream)-[0-9a-f-]/.test(basename(path));
}
