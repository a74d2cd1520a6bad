/** Where a scan of files is: how many rows of it have gone out, and what the files were. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type FileScan, fromJsonBytes, jsonBytes, SourceError } from '../../core/index.js';
import { globFiles, isGlob } from './glob-files.js';

export interface FilePosition {
  /** In the order of the files, which a scan keeps. */
  readonly rows: number;
  readonly files: readonly FileIdentity[];
}

/** Equal where the file is as it was. */
export type FileIdentity = readonly [path: string, bytes: number, modifiedMs: number];

/** The files of the tables as they are. */
export function identitiesOf(scans: readonly Pick<FileScan, 'path'>[]): FileIdentity[] {
  return scans.flatMap(({ path }) => filesAt(path)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The files of a path, all below it of a folder. */
export function filesAt(path: string): FileIdentity[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return isGlob(path) ? globFiles(path).flatMap(filesAt) : [];
  if (!stats.isDirectory()) return [[path, stats.size, stats.mtimeMs]];
  return readdirSync(path)
    .filter((name) => !/^[._]/.test(name))
    .flatMap((name) => filesAt(join(path, name)));
}

/** By the time of their last change, then by name. */
export function olderFirst(files: readonly FileIdentity[]): FileIdentity[] {
  return [...files].sort(([a, , whenA], [b, , whenB]) => whenA - whenB || (a < b ? -1 : 1));
}

export function encodePosition(position: FilePosition): Uint8Array {
  return jsonBytes(position);
}

/**
 * The rows to leave out when the scan goes on.
 * @throws {SourceError} SOURCE_CHANGED where the files are not those of the checkpoint
 */
export function rowsBefore(state: Uint8Array, scans: readonly FileScan[]): number {
  const { rows, files } = fromJsonBytes<FilePosition>(state);
  checkUnchanged(files, identitiesOf(scans));
  return rows;
}

/** @throws {SourceError} SOURCE_CHANGED where the files are not those of a checkpoint */
export function checkUnchanged(files: readonly FileIdentity[], now: readonly FileIdentity[]): void {
  const found = new Map(now.map((file) => [file[0], JSON.stringify(file)]));
  const changed = files.find((file) => found.get(file[0]) !== JSON.stringify(file));
  const added = [...found.keys()].find((path) => !files.some((file) => file[0] === path));
  const which = changed?.[0] ?? added;
  if (which === undefined) return;
  throw new SourceError(
    'SOURCE_CHANGED',
    `File ${which} is not as it was when the checkpoint was taken: its rows cannot be counted off again.`,
    { hint: 'Put the files back as they were, or run the job from its beginning.' },
  );
}
