/** Puts what was written onto the disk, where a crash of the machine leaves it. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** An object, so that tests see what is flushed. */
export const disk = {
  /** Flushes a file, or the entries of a folder. */
  flush,
  /** Flushes a file, or a folder with all that lies below it. */
  flushAll,
};

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushAll(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of await readdir(path)) await flushAll(join(path, name));
  }
  await flush(path);
}
