/** Everything that `millstream clean` finds, each with the way to remove it. */
import { rm } from 'node:fs/promises';
import {
  cachedFolders,
  cacheFolder,
  findDeadCgroups,
  installedEnvironments,
  removeEmptyCgroup,
  removeEnvironment,
} from '../../bridge/index.js';
import { bundleFolder, oldBundles } from '../failures/bundle-folder.js';
import { runningJobs } from '../ledger/running-jobs.js';
import { runtimeFolder } from '../ledger/runtime-folder.js';
import { bytesOf } from './bytes-of.js';
import { findLeftovers, sweepLeftovers } from './sweep.js';

/** One thing that can go, or cannot. */
export interface Cleanable {
  /** `folder`, `cgroup`, `saved bundle`, `environment`, … */
  readonly kind: string;
  readonly path: string;
  /** On disk or in memory. */
  readonly bytes: number;
  /** Why it can go, or stays. */
  readonly reason: string;
}

export interface CleanOptions {
  /** What is only there to be faster the next time, and all saved bundles. */
  readonly cache: boolean;
  /** Environments that nobody uses. */
  readonly environments: boolean;
  /** Only find. */
  readonly dryRun: boolean;
}

export interface Cleaned {
  readonly removed: readonly Cleanable[];
  readonly kept: readonly KeptThing[];
}

/** What stays: it is in use, or the system does not let it be removed. */
export interface KeptThing extends Cleanable {
  readonly inUse: boolean;
}

/** Removes what dead sessions left, bundles that are too old, and what the options name; never what is in use. */
export async function clean({ cache, environments, dryRun }: CleanOptions): Promise<Cleaned> {
  const parts = [
    ofDeadSessions(dryRun),
    deadCgroups(dryRun),
    savedBundles(cache, dryRun),
    ...(cache ? [caches(dryRun)] : []),
    ...(environments ? [unusedEnvironments(dryRun)] : []),
  ];
  const done = await Promise.all(parts);
  return { removed: done.flatMap(({ removed }) => removed), kept: done.flatMap(({ kept }) => kept) };
}

async function ofDeadSessions(dryRun: boolean): Promise<Cleaned> {
  const folder = runtimeFolder();
  const { removed, kept } = dryRun
    ? { removed: await findLeftovers(folder), kept: [] }
    : await sweepLeftovers(folder);
  const cleanable = (leftovers: typeof removed) =>
    leftovers.map(({ owner, ...rest }) => ({ ...rest, reason: `${owner} has died` }));
  return { removed: cleanable(removed), kept: cleanable(kept).map(notRemoved) };
}

/** Of cores that died before they could note anything. */
async function deadCgroups(dryRun: boolean): Promise<Cleaned> {
  const found = findDeadCgroups().map(({ path, pid }) => ({
    kind: 'cgroup',
    path,
    bytes: 0,
    reason: `process ${pid} has died`,
  }));
  const gone = found.filter(({ path }) => dryRun || removeEmptyCgroup(path));
  return { removed: gone, kept: found.filter((cgroup) => !gone.includes(cgroup)).map(notRemoved) };
}

async function savedBundles(all: boolean, dryRun: boolean): Promise<Cleaned> {
  const reason = all ? 'for millstream replay' : 'older than 7 days';
  const found = oldBundles(bundleFolder(), all ? Number.POSITIVE_INFINITY : Date.now());
  return removeFiles('saved bundle', found, reason, dryRun);
}

async function caches(dryRun: boolean): Promise<Cleaned> {
  const folders = cachedFolders(cacheFolder());
  const jobs = await runningJobs();
  if (jobs.length === 0) return removeFiles('cache', folders, 'made again when needed', dryRun);
  const reason = `${jobs.length === 1 ? '1 job runs' : `${jobs.length} jobs run`} and may use it`;
  return {
    removed: [],
    kept: folders.map((path) => ({ kind: 'cache', path, bytes: 0, reason, inUse: true })),
  };
}

async function unusedEnvironments(dryRun: boolean): Promise<Cleaned> {
  const all = installedEnvironments(cacheFolder());
  const unused = all.filter(({ users }) => users.length === 0);
  const removed = await Promise.all(
    unused.map(async ({ folder, subject }) => ({
      kind: 'environment',
      path: folder,
      bytes: (await bytesOf(folder)) ?? 0,
      reason: `built for ${subject}`,
    })),
  );
  if (!dryRun) for (const environment of unused) removeEnvironment(environment);
  const kept = all
    .filter(({ users }) => users.length > 0)
    .map(({ folder, users }) => ({
      kind: 'environment',
      path: folder,
      bytes: 0,
      reason: `in use by process ${users.join(', ')}`,
      inUse: true,
    }));
  return { removed, kept };
}

async function removeFiles(
  kind: string,
  paths: readonly string[],
  reason: string,
  dryRun: boolean,
): Promise<Cleaned> {
  const found = await Promise.all(
    paths.map(async (path) => ({ kind, path, bytes: (await bytesOf(path)) ?? 0, reason })),
  );
  if (!dryRun) await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
  return { removed: found, kept: [] };
}

function notRemoved(thing: Cleanable): KeptThing {
  return { ...thing, reason: `${thing.reason}; it could not be removed`, inUse: false };
}
