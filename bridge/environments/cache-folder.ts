/** The user's cache folder of Millstream: environments, locks, unpacked archives. Everything in it can be made again. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** MILLSTREAM_CACHE_DIR, else `millstream` in the folder that the system has for caches. */
export function cacheFolder(environment: Variables = process.env, platform = process.platform): string {
  const { MILLSTREAM_CACHE_DIR: named, XDG_CACHE_HOME: ofSystem } = environment;
  if (named) return resolve(named);
  if (ofSystem) return join(ofSystem, 'millstream');
  const home = environment.HOME ?? homedir();
  return platform === 'darwin' ? join(home, 'Library/Caches/millstream') : join(home, '.cache/millstream');
}
