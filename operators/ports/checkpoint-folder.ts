/** Checkpoints on the file system of the machine. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckpointFiles } from '../../core/index.js';
import { disk } from './disk.js';

/** Files in `folder`, flushed to the disk with the folder entries that lead to them. */
export function checkpointFolder(folder: string): CheckpointFiles {
  const at = (name: string) => join(folder, name);
  return {
    place: folder,
    write: async (name, pieces) => {
      await mkdir(dirname(at(name)), { recursive: true });
      const file = await open(at(name), 'w', 0o600);
      try {
        for await (const piece of pieces) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await disk.flush(dirname(at(name)));
    },
    read: (name) => readFile(at(name)),
    rename: async (from, to) => {
      await rename(at(from), at(to));
      await disk.flush(dirname(at(to)));
    },
    list: async (name) => {
      try {
        return await readdir(at(name));
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    remove: (name) => rm(at(name), { recursive: true, force: true }),
  };
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
