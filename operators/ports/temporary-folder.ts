/** A folder for the temporary files of one session, gone however the process ends (short of a kill). */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResourceError } from '../../core/index.js';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder with everything in it. */
  remove(): Promise<void>;
}

/**
 * Makes a folder that only this user can enter, below `parent` or the system's folder for temporary files.
 * @throws {ResourceError} TEMPORARY_FOLDER where nothing can be written there.
 */
export async function makeTemporaryFolder(parent: string | null): Promise<TemporaryFolder> {
  const folder = parent ?? tmpdir();
  const path = await mkdtemp(join(folder, 'millstream-')).catch((cause: Error) => {
    throw new ResourceError(
      'TEMPORARY_FOLDER',
      `No temporary folder can be made in ${folder}: ${cause.message}.`,
      {
        hint: "Set 'io.tmp.dirs' to a folder that exists and can be written to.",
        cause,
      },
    );
  });
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
