/**
 * Everything outside that core logic needs, handed in, so that tests can run it on a virtual clock with a seed.
 */

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Nanoseconds from an arbitrary start; never goes back. CLOCK_MONOTONIC, so comparable across local processes. */
  monotonicNs(): bigint;
}

export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it. A pending timer does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The files that core itself touches: spill files of exchanges. */
export interface SpillFiles {
  /** Creates a new, empty spill file; nobody else can read it. */
  create(name: string): Promise<SpillWriter>;
}

export interface SpillWriter {
  append(chunks: readonly Uint8Array[]): Promise<void>;
  /** Ends writing; each reader starts at the beginning. */
  finish(): Promise<SpillReaderFactory>;
  discard(): Promise<void>;
}

export interface SpillReaderFactory {
  readonly byteLength: number;
  /** Reads exactly `length` bytes at `position`. */
  read(position: number, length: number): Promise<Uint8Array>;
  discard(): Promise<void>;
}

/** The folder that checkpoints are kept in. Names are paths in it, with `/`; what a call has done survives a loss of power. */
export interface CheckpointFiles {
  /** Where the folder is, for people. */
  readonly place: string;
  /** Writes a new file whole, and the folders above it. A piece is taken when those before it are written. */
  write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws where there is none */
  read(name: string): Promise<Uint8Array>;
  /** Renames a folder; nobody sees a part of it. */
  rename(from: string, to: string): Promise<void>;
  /** Names in a folder; none where it does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes a file, or a folder with everything in it; does nothing where there is none. */
  remove(name: string): Promise<void>;
}
