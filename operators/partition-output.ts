/** The files of partitions: written below a hidden folder, shown in the folders of their partitions. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { FileSink } from '../core/index.js';

/**
 * Moves what lies below `written` to the same folders below the sink's path and removes `written`. Where the sink overwrites,
 * partitions that got rows, and the one that the statement names, lose the files they had; the others keep theirs. Gives the folders
 * whose entries have changed.
 */
export async function showPartitions(
  written: string,
  sink: Pick<FileSink, 'path' | 'overwrite' | 'partitions'>,
): Promise<readonly string[]> {
  const files = existing(await readdir(written, { recursive: true, withFileTypes: true }).catch(() => []));
  const moves = files.map((file) => {
    const from = join(file.parentPath, file.name);
    return { from, to: join(sink.path, relative(written, from)) };
  });
  const folders = new Set(moves.map(({ to }) => dirname(to)));
  const only = sink.partitions?.only ?? null;
  if (only !== null) folders.add(join(sink.path, only));
  const replaced = sink.overwrite ? await filesOf(folders) : [];
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const { from, to } of moves) await rename(from, to);
  await Promise.all(replaced.map((file) => rm(file, { force: true })));
  await rm(written, { recursive: true, force: true });
  return [...new Set([...folders].flatMap((folder) => [folder, ...above(folder, sink.path)]))];
}

/** The folders that lead from `top` to `folder`, without it. */
function above(folder: string, top: string): string[] {
  const names = relative(top, folder).split(sep).slice(0, -1);
  return [top, ...names.map((_, at) => join(top, ...names.slice(0, at + 1)))];
}

/** Files of a folder that are not hidden. */
export async function visibleFiles(folder: string): Promise<string[]> {
  return existing(await readdir(folder, { withFileTypes: true })).map(({ name }) => name);
}

async function filesOf(folders: Iterable<string>): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const names = await visibleFiles(folder).catch(() => []);
    found.push(...names.map((name) => join(folder, name)));
  }
  return found;
}

function existing<T extends { readonly name: string; isFile(): boolean }>(entries: readonly T[]): T[] {
  return entries.filter((entry) => entry.isFile() && !/^[._]/.test(entry.name));
}
