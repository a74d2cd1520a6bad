/** Part files that grow, many more than may be open: those that were written last are. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf, SinkError } from '../../../core/index.js';

/** Bytes that are put together before they are written. */
const CHUNK_BYTES = 65_536;
const NEWLINE = Buffer.from('\n');
/** Files of one sink that are open at a time: a process may have 1,024 in all, as a rule. */
const MOST_OPEN = 64;

export class PartFiles {
  /** The last used is the last. */
  readonly #open = new Set<PartFile>();
  readonly #files: PartFile[] = [];

  constructor(
    private readonly table: string,
    private readonly mostOpen = MOST_OPEN,
  ) {}

  /** Begins an empty file; what was there is gone. @throws {SinkError} SINK_WRITE, also by what it gives */
  async begin(path: string): Promise<PartFile> {
    const file = new PartFile(path, this.table, () => this.#opens(file));
    this.#files.push(file);
    await file.begin();
    return file;
  }

  /** Writes what was put together. */
  async flush(): Promise<void> {
    for (const file of this.#files) await file.flush();
  }

  /** Nothing more is written. */
  async close(): Promise<void> {
    for (const file of this.#open) await file.close();
    this.#open.clear();
  }

  /** `file` is about to be written. */
  async #opens(file: PartFile): Promise<void> {
    this.#open.delete(file);
    const [oldest] = this.#open;
    if (this.#open.size >= this.mostOpen) {
      this.#open.delete(oldest!);
      await oldest!.close();
    }
    this.#open.add(file);
  }
}

/** A file that grows by lines. */
export class PartFile {
  #handle: FileHandle | null = null;
  #lines: Uint8Array[] = [];
  #bytes = 0;

  /** @param opens called before it is opened or written */
  constructor(
    private readonly path: string,
    private readonly table: string,
    private readonly opens: () => Promise<void>,
  ) {}

  async begin(): Promise<void> {
    await this.#told(async () => {
      await mkdir(dirname(this.path), { recursive: true });
      await this.opens();
      this.#handle = await open(this.path, 'w');
    });
  }

  async add(record: Uint8Array): Promise<void> {
    this.#lines.push(record, NEWLINE);
    this.#bytes += record.byteLength;
    if (this.#bytes >= CHUNK_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#bytes = 0;
    await this.#told(async () => {
      await this.opens();
      this.#handle ??= await open(this.path, 'a');
      await this.#handle.writeFile(bytes);
    });
  }

  /** It may be written again. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await this.#told(async () => handle?.close());
  }

  async #told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (cause instanceof SinkError) throw cause;
      throw new SinkError(
        'SINK_WRITE',
        `Table ${this.table}: ${this.path} cannot be written: ${reasonOf(cause)}`,
        {
          hint: "Check the table's 'path' and the rights and free space of that folder.",
          cause,
        },
      );
    }
  }
}
