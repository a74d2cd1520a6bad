/**
 * Atomic output of a filesystem sink: a part is written under a hidden temporary name and renamed when the whole
 * job has succeeded; a job that fails leaves the folder as it was.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSink, SinkError } from '../core/index.js';

const EXTENSIONS = { parquet: '.parquet', csv: '.csv', json: '.json' } as const;

/** One part file on its way: `temporaryPath` is written, then exactly one of `commit` and `abort` is called. */
export interface FileOutput {
  readonly temporaryPath: string;
  /** Shows the part under its final name; removes what the folder held before where the sink overwrites. */
  commit(): Promise<void>;
  /** Removes the temporary file, and the folder if this output made it and it is empty. */
  abort(): Promise<void>;
}

/**
 * Makes the sink's folder and names a part in it. Several parts of one folder may be open at a time.
 * @throws {SinkError} SINK_WRITE where the folder cannot be made.
 */
export async function openFileOutput(sink: FileSink): Promise<FileOutput> {
  const name = `part-${randomUUID()}${EXTENSIONS[sink.format]}`;
  const temporaryPath = join(sink.path, `.${name}.inprogress`);
  let made: string | undefined;
  let replaced: string[];
  try {
    made = await mkdir(sink.path, { recursive: true });
    replaced = sink.overwrite ? await visibleFiles(sink.path) : [];
  } catch (error) {
    throw writeError(sink, error, 'The folder of the table cannot be made');
  }
  return {
    temporaryPath,
    commit: async () => {
      try {
        await rename(temporaryPath, join(sink.path, name));
        await Promise.all(replaced.map((file) => rm(join(sink.path, file), { force: true })));
      } catch (error) {
        throw writeError(sink, error, 'The finished part file cannot be renamed');
      }
    },
    abort: async () => {
      await rm(temporaryPath, { force: true });
      // Fails where another part is in the folder: then the folder stays, as it must.
      if (made !== undefined) await rmdir(sink.path).catch(() => undefined);
    },
  };
}

async function visibleFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((e) => e.isFile() && !/^[._]/.test(e.name)).map((e) => e.name);
}

function writeError(sink: FileSink, cause: unknown, what: string): SinkError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SinkError('SINK_WRITE', `${what} (table ${sink.table}, ${sink.path}): ${reason}`, {
    hint: "Check the table's 'path' and the rights and free space of that folder.",
    cause,
  });
}
