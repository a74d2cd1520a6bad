/**
 * Atomic output of a filesystem sink: a part is written under a hidden temporary name and renamed when the whole
 * job has succeeded; a job that fails leaves the folder as it was.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { UnfinishedPaths } from '../bridge/index.js';
import { type FileSink, reasonOf, SinkError } from '../core/index.js';
import { showPartitions, visibleFiles } from './partition-output.js';
import { disk } from './ports/disk.js';

/** Of the formats that are not JSON. */
const EXTENSIONS: Readonly<Record<string, string>> = { parquet: '.parquet', csv: '.csv' };

/** One part file on its way: `temporaryPath` is written, then exactly one of `commit` and `abort` is called last. */
export interface FileOutput {
  readonly temporaryPath: string;
  /** Removes what has been written, so that it can be written anew. */
  clear(): Promise<void>;
  /** Puts the part onto the disk, and gives what `showPart` takes; from `release` on the part outlives this process. */
  keep(): Promise<KeptPart>;
  /** The part is no longer removed where this process dies. */
  release(): void;
  /** Shows the part under its final name; removes what the folder held before where the sink overwrites. */
  commit(): Promise<void>;
  /** Removes the temporary file, and the folders that this output made and that are empty. */
  abort(): Promise<void>;
}

/** A written part that is to be shown when its checkpoint is complete; plain data. */
export interface KeptPart {
  readonly temporaryPath: string;
  readonly name: string;
}

/** Has files removed if this process dies before the returned function is called. */
export type Guard = (paths: UnfinishedPaths) => () => void;

/**
 * Makes the sink's folder and names a part in it. Several parts of one folder may be open at a time.
 * @param origin put into the name of the part: the job that all who go on from its checkpoints began as; null: it is not
 * @throws {SinkError} SINK_WRITE where the folder cannot be made.
 */
export async function openFileOutput(
  sink: FileSink,
  guard: Guard,
  origin: string | null = null,
): Promise<FileOutput> {
  const name = `part-${origin === null ? '' : `${origin}-`}${randomUUID()}${EXTENSIONS[sink.format] ?? '.json'}`;
  const temporaryPath = join(sink.path, `.${name}.inprogress`);
  const made = missingFolders(sink.path);
  const release = guard({ files: [resolve(temporaryPath)], folders: made });
  let replaced: string[];
  try {
    await mkdir(sink.path, { recursive: true });
    replaced = sink.overwrite && sink.partitions === null ? await visibleFiles(sink.path) : [];
  } catch (error) {
    await removeEmpty(made);
    release();
    throw writeError(sink, error, 'The folder of the table cannot be made');
  }
  return {
    temporaryPath,
    clear: () => rm(temporaryPath, { force: true, recursive: true }),
    keep: async () => {
      try {
        // A partitioned part without rows has no folder.
        if (existsSync(temporaryPath)) await disk.flushAll(temporaryPath);
        for (const folder of [sink.path, ...made.map(dirname)]) await disk.flush(folder);
      } catch (error) {
        throw writeError(sink, error, 'The finished part file cannot be flushed to the disk');
      }
      return { temporaryPath: resolve(temporaryPath), name };
    },
    release,
    commit: async () => {
      await showPart(sink, { temporaryPath, name });
      release();
      try {
        await Promise.all(replaced.map((file) => rm(join(sink.path, file), { force: true })));
      } catch (error) {
        throw writeError(sink, error, 'Files that were to be replaced cannot be removed');
      }
    },
    abort: async () => {
      await rm(temporaryPath, { force: true, recursive: true });
      // A worker that is being killed may have made its file just now: then the zygote removes it as it ends.
      if (await removeEmpty(made)) release();
    },
  };
}

/**
 * Shows a part under its final name. Gives the folders whose entries have changed by that.
 * @throws {SinkError} SINK_WRITE
 */
export async function showPart(
  sink: Pick<FileSink, 'table' | 'path' | 'overwrite' | 'partitions'>,
  { temporaryPath, name }: KeptPart,
): Promise<readonly string[]> {
  try {
    if (sink.partitions !== null) return await showPartitions(temporaryPath, sink);
    await rename(temporaryPath, join(sink.path, name));
    return [sink.path];
  } catch (error) {
    throw writeError(sink, error, 'The finished part file cannot be renamed');
  }
}

/** The folders of `path` that do not exist yet, deepest first. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let each = resolve(path); !existsSync(each); each = dirname(each)) missing.push(each);
  return missing;
}

/** Removes folders, deepest first; stops, and returns false, where something else is in one of them. */
async function removeEmpty(folders: readonly string[]): Promise<boolean> {
  try {
    for (const folder of folders) await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}

function writeError(sink: Pick<FileSink, 'table' | 'path'>, cause: unknown, what: string): SinkError {
  const reason = reasonOf(cause);
  return new SinkError('SINK_WRITE', `${what} (table ${sink.table}, ${sink.path}): ${reason}`, {
    hint: "Check the table's 'path' and the rights and free space of that folder.",
    cause,
  });
}
