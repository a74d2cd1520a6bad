import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that a file or a folder with all in it takes on its disk, or in memory; null where there is none. */
export async function bytesOf(path: string): Promise<number | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  const own = found.blocks * BLOCK_BYTES;
  if (!found.isDirectory()) return own;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => bytesOf(join(path, name))));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
}

/** The unit of `blocks` in stat(2). */
const BLOCK_BYTES = 512;
