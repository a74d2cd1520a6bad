/** Shared memory that one worker writes its batches to; it lives until nothing in it is held any more. */
import type { Block } from '../protocol/messages.js';
import { ArenaFile } from './arena-file.js';
import { BlockTable, type Holder } from './block-table.js';
import { SharedBlock } from './shared-block.js';

/** What an arena needs. */
export interface ArenaOptions {
  /** Unique in the bridge. */
  readonly id: number;
  readonly path: string;
  /** The most that it may grow to. */
  readonly limitBytes: number;
  /** Takes bytes for it out of what all arenas share; false: they are used up. */
  readonly reserve: (bytes: number) => boolean;
  /** The worker may write to that many bytes, and knows of it before anything that is sent to it later. */
  readonly onGrown: (arena: Arena) => void;
  /** The worker may use these blocks again. */
  readonly onFreed: (generations: readonly number[]) => void;
  /** Its worker has ended and nothing of it is held: it is gone, with so many bytes. */
  readonly onEmpty: (arena: Arena, bytes: number) => void;
}

const FIRST_BYTES = 8 << 20;

export class Arena {
  readonly id: number;
  readonly #options: ArenaOptions;
  readonly #table = new BlockTable();
  readonly #file: ArenaFile;
  #usableBytes = 0;
  #isGrowing = false;
  /** Freed, and not said yet. */
  #freed: number[] = [];
  #freedBytes = 0;
  #isRetired = false;
  #isRemoved = false;

  constructor(options: ArenaOptions) {
    this.id = options.id;
    this.#options = options;
    this.#file = new ArenaFile(options.path, options.limitBytes);
  }

  get path(): string {
    return this.#file.path;
  }

  get fileBytes(): number {
    return this.#file.bytes;
  }

  get usableBytes(): number {
    return this.#usableBytes;
  }

  /** A block that the worker has written. @throws {InternalError} PROTOCOL_BLOCK */
  admit(block: Block): SharedBlock {
    this.#table.admit(block, this.#usableBytes);
    return new SharedBlock(this, block);
  }

  hold(generation: number, holder: Holder): void {
    this.#table.hold(generation, holder);
  }

  /** One hold less. @throws {InternalError} PROTOCOL_BLOCK where the holder has none */
  release(generation: number, holder: Holder): void {
    if (this.#isRemoved) return;
    const block = this.#table.release(generation, holder);
    if (block !== null) this.#free([block]);
  }

  releaseAll(holder: Holder): void {
    this.#free(this.#table.releaseAll(holder));
  }

  read({ offset, length }: Block): Uint8Array {
    return this.#file.read(offset, length);
  }

  /** The worker found no room: says what has become free, and grows. */
  async makeRoom(): Promise<void> {
    this.#sayFreed();
    if (this.#isGrowing || this.#isRetired) return;
    const start = this.#usableBytes;
    const bytes = Math.min(Math.max(FIRST_BYTES, start), this.#file.bytes - start);
    if (bytes <= 0 || !this.#options.reserve(bytes)) return;
    this.#isGrowing = true;
    try {
      await this.#file.fill(start, start + bytes);
    } catch {
      // The file system is full: it stays as it is, reserved for good, and is not tried again.
      return;
    }
    this.#isGrowing = false;
    this.#usableBytes += bytes;
    if (!this.#isRetired) this.#options.onGrown(this);
  }

  /** Its worker has ended: what others hold stays for them. */
  retire(): void {
    this.#isRetired = true;
    this.#removeIfEmpty();
  }

  /** Nobody is left who could hold anything. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#file.remove();
    this.#options.onEmpty(this, this.#usableBytes);
  }

  #free(blocks: readonly Block[]): void {
    for (const { generation, length } of blocks) {
      this.#freed.push(generation);
      this.#freedBytes += length;
    }
    if (this.#isRetired) this.#removeIfEmpty();
    else if (this.#freedBytes >= this.#usableBytes / 8) this.#sayFreed();
  }

  #sayFreed(): void {
    if (this.#freed.length === 0) return;
    const generations = this.#freed;
    this.#freed = [];
    this.#freedBytes = 0;
    this.#options.onFreed(generations);
  }

  #removeIfEmpty(): void {
    if (this.#table.isEmpty) this.remove();
  }
}
