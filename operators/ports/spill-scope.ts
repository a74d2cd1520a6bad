/** Spill files of one owner: what it has not discarded when it ends goes with it. */
import type { SpillFiles, SpillReaderFactory, SpillWriter } from '../../core/index.js';

export class SpillScope implements SpillFiles {
  readonly #open = new Set<SpillWriter>();
  #isClosed = false;

  constructor(private readonly files: SpillFiles) {}

  async create(name: string): Promise<SpillWriter> {
    const writer = await this.files.create(name);
    const scoped: SpillWriter = {
      append: (chunks) => writer.append(chunks),
      finish: async () => this.#finished(scoped, await writer.finish()),
      discard: () => {
        this.#open.delete(scoped);
        return writer.discard();
      },
    };
    if (this.#isClosed) await writer.discard();
    else this.#open.add(scoped);
    return scoped;
  }

  /** Discards what is left; a file that is being made goes as soon as it is there. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((writer) => writer.discard()));
  }

  #finished(scoped: SpillWriter, reader: SpillReaderFactory): SpillReaderFactory {
    return {
      byteLength: reader.byteLength,
      read: (position, length) => reader.read(position, length),
      discard: () => {
        this.#open.delete(scoped);
        return reader.discard();
      },
    };
  }
}
