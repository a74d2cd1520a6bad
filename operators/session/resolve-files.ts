/** The path of a filesystem table → the files it stands for: a file, a folder with everything below it, or a glob. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { type ResolveFiles, SourceError } from '../../core/index.js';

/**
 * Resolves paths against `workingDirectory`. Names that begin with `.` or `_` are hidden, as in Hive and Flink.
 * Paths in or below a folder of `toBeWritten` (absolute) are taken as they are: a script that is explained has not
 * written them yet.
 * The function throws {SourceError} SOURCE_NOT_FOUND for a path that is not there, and for a folder without files.
 */
export function fileResolver(
  workingDirectory: string,
  toBeWritten: ReadonlySet<string> = new Set(),
): ResolveFiles {
  return (path) => {
    const absolute = resolve(workingDirectory, path);
    if (/[*?[\]{}]/.test(path)) return [absolute];
    for (const folder of toBeWritten) {
      if (absolute === folder || absolute.startsWith(`${folder}${sep}`)) return [absolute];
    }
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw new SourceError('SOURCE_NOT_FOUND', `There is no file or folder ${absolute}.`, {
        details: { file: absolute },
        hint: `Relative paths are resolved against the working directory, ${workingDirectory}.`,
      });
    }
    if (!stats.isDirectory()) return [absolute];
    const files = filesBelow(absolute);
    if (files.length > 0) return files;
    throw new SourceError('SOURCE_NOT_FOUND', `The folder ${absolute} has no files.`, {
      details: { file: absolute },
      hint: "Names that begin with '.' or '_' are left out.",
    });
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !/^[._]/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => below(folder, entry));
}

function below(folder: string, entry: Dirent): string[] {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return filesBelow(path);
  return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
}
