import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatMemory,
  ResourceError,
  type SpillFiles,
  type SpillReaderFactory,
  type SpillWriter,
} from '../../core/index.js';

export interface SpillFolderOptions {
  /** Folder to make the job's own folder in; null: the system's folder for temporary files. */
  readonly parent: string | null;
  /** Most bytes of all files together; null: as many as the disk holds. */
  readonly maxBytes: number | null;
}

/**
 * Spill files in a new folder that only this user can enter. On Unix a file has no name once it is open, so that
 * nothing is left on the disk however the process ends.
 */
export class SpillFolder implements SpillFiles {
  private folder: Promise<string> | null = null;
  private files = 0;
  private bytes = 0;

  constructor(private readonly options: SpillFolderOptions) {}

  async create(name: string): Promise<SpillWriter> {
    this.folder ??= mkdtemp(join(this.options.parent ?? tmpdir(), 'millstream-spill-'));
    const folder = await this.folder;
    this.files += 1;
    const path = join(folder, String(this.files));
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return new SpillFile(file, name, (bytes) => this.reserve(bytes, name));
  }

  /** Removes the folder; files that are still open go with their last reader. */
  async close(): Promise<void> {
    const { folder } = this;
    this.folder = null;
    if (folder !== null) await rm(await folder, { recursive: true, force: true });
  }

  private reserve(bytes: number, name: string): void {
    const { maxBytes } = this.options;
    if (maxBytes !== null && this.bytes + bytes > maxBytes) {
      throw new ResourceError(
        'SPILL_FULL',
        `Exchange ${name} needs ${formatMemory(bytes)} more of temporary disk space; ` +
          `${formatMemory(this.bytes)} of ${formatMemory(maxBytes)} is taken.`,
        {
          hint: 'Raise millstream.temporary.disk, or filter and project before the stage that needs its input twice.',
        },
      );
    }
    this.bytes += bytes;
  }
}

class SpillFile implements SpillWriter, SpillReaderFactory {
  byteLength = 0;
  private closed = false;

  constructor(
    private readonly file: FileHandle,
    private readonly name: string,
    private readonly reserve: (bytes: number) => void,
  ) {}

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    this.reserve(bytes);
    try {
      await writeAll(this.file, chunks, this.byteLength);
    } catch (cause) {
      throw diskError(`Exchange ${this.name} could not be spilled`, cause);
    }
    this.byteLength += bytes;
  }

  async finish(): Promise<SpillReaderFactory> {
    return this;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, position + done);
      if (bytesRead === 0)
        throw diskError(`The spill file of exchange ${this.name} is shorter than it was`, null);
      done += bytesRead;
    }
    return bytes;
  }

  async discard(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.reserve(-this.byteLength);
    await this.file.close();
  }
}

/** `writev` may write less than it is given (a full disk says so only at the next call). */
async function writeAll(file: FileHandle, chunks: readonly Uint8Array[], start: number): Promise<void> {
  let left = chunks.filter((chunk) => chunk.byteLength > 0);
  let position = start;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, position);
    position += bytesWritten;
    left = withoutFirst(left, bytesWritten);
  }
}

function withoutFirst(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return chunks.flatMap((chunk) => {
    const from = Math.min(skip, chunk.byteLength);
    skip -= from;
    return from === chunk.byteLength ? [] : [chunk.subarray(from)];
  });
}

function diskError(what: string, cause: unknown): ResourceError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new ResourceError('SPILL_FAILED', `${what}${reason}.`, {
    hint: "Free space in the folder for temporary files, or choose another with 'io.tmp.dirs'.",
    cause,
  });
}
