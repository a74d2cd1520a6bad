/** The folder in which the jobs of a user find each other: private, on this machine, gone after a restart. */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, reasonOf } from '../../core/index.js';

/** `$MILLSTREAM_RUNTIME_DIR`, else `millstream` in `$XDG_RUNTIME_DIR`, else a folder of the user's in the temporary one. */
export function runtimeFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { MILLSTREAM_RUNTIME_DIR: own, XDG_RUNTIME_DIR: ofUser } = environment;
  if (own !== undefined && own !== '') return own;
  if (ofUser !== undefined && ofUser !== '') return join(ofUser, 'millstream');
  return join(tmpdir(), `millstream-${userInfo().uid}`);
}

/** Makes the folder where it is missing. @throws {EnvironmentError} RUNTIME_FOLDER where others could write to it */
export function makeRuntimeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid } = userInfo();
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== uid) throw new Error('it belongs to somebody else');
    if ((found.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  } catch (error) {
    throw new EnvironmentError(
      'RUNTIME_FOLDER',
      `The folder of running jobs, ${path}, cannot be used: ${reasonOf(error)}.`,
      { hint: 'Set MILLSTREAM_RUNTIME_DIR to a folder of your own.' },
    );
  }
}
