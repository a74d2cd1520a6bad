/** The folder that workers of a job with archives run in: an entry for each archive, as in Flink. */
import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConfigurationError } from '../../core/index.js';

/** An item of `python.archives`. */
export interface Archive {
  /** Absolute. */
  readonly file: string;
  /** Name of its folder in the workers' folder. */
  readonly target: string;
}

/** `path` under its own name, `path#target` under another. @throws {ConfigurationError} OPTION_VALUE */
export function parseArchives(items: readonly string[], workingDirectory: string): Archive[] {
  const archives = items.map((item) => {
    const [path = '', target] = item.split('#');
    return { file: resolve(workingDirectory, path), target: target || basename(path) };
  });
  archives.forEach(({ target }, i) => {
    if (target === '.' || target === '..' || target.includes('/')) {
      throw refused(`'${target}' is no name of a folder`);
    }
    if (archives.findIndex((other) => other.target === target) < i)
      throw refused(`two have the name '${target}'`);
  });
  return archives;
}

/** An archive and the folder of the cache that it was unpacked into. */
export interface UnpackedArchive extends Archive {
  readonly unpacked: string;
}

/** Unpacks one after the other. @throws {EnvironmentError} ENV_ARCHIVE */
export async function unpackArchives(
  archives: readonly Archive[],
  unpack: (file: string) => Promise<string>,
): Promise<UnpackedArchive[]> {
  const done: UnpackedArchive[] = [];
  for (const archive of archives) done.push({ ...archive, unpacked: await unpack(archive.file) });
  return done;
}

/** Makes `folder` with a link for each archive; a second call does nothing. */
export async function makeWorkerFolder(folder: string, archives: readonly UnpackedArchive[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { unpacked, target } of archives) {
    if (!existsSync(join(folder, target))) await symlink(unpacked, join(folder, target));
  }
}

/** `venv.zip/bin/python` → where it was unpacked; `path` begins with the name of an archive. */
export function pathInArchive(path: string, archives: readonly UnpackedArchive[]): string {
  const [target = '', ...rest] = path.split('/');
  return join(archives.find((archive) => archive.target === target)?.unpacked ?? '', ...rest);
}

function refused(why: string): ConfigurationError {
  return new ConfigurationError('OPTION_VALUE', `'python.archives': ${why}.`, {
    hint: "Write 'path' or 'path#name', separated by commas.",
  });
}
