/** A folder for the temporary files of one session, gone however the process ends (short of a kill). */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder with everything in it. */
  remove(): Promise<void>;
}

/** Makes a folder that only this user can enter, below `parent` or the system's folder for temporary files. */
export async function makeTemporaryFolder(parent: string | null): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(parent ?? tmpdir(), 'millstream-'));
  const onExit = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', onExit);
  return {
    path,
    remove: async () => {
      process.off('exit', onExit);
      await rm(path, { recursive: true, force: true });
    },
  };
}
