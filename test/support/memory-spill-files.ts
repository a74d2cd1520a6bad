import type { SpillFiles, SpillReaderFactory, SpillWriter } from '../../core/index.js';

/** Spill files in memory; counts those that were not discarded. */
export class MemorySpillFiles implements SpillFiles {
  open = 0;

  async create(): Promise<SpillWriter> {
    this.open += 1;
    const chunks: Uint8Array[] = [];
    const discard = async () => {
      this.open -= 1;
    };
    return {
      append: async (added) => {
        for (const chunk of added) chunks.push(chunk.slice());
      },
      finish: async () => readerOf(new Uint8Array(Buffer.concat(chunks)), discard),
      discard,
    };
  }
}

function readerOf(bytes: Uint8Array, discard: () => Promise<void>): SpillReaderFactory {
  return {
    byteLength: bytes.byteLength,
    read: async (position, length) => {
      if (position + length > bytes.byteLength) throw new RangeError('read past the end of a spill file');
      return bytes.slice(position, position + length);
    },
    discard,
  };
}
