/** Who holds which block of one arena. The core's own account: what workers say of it is checked here. Pure. */
import { InternalError } from '../../core/index.js';
import type { Block } from '../protocol/messages.js';

/** A worker, by its epoch, or the core. */
export type Holder = number;

/** Epochs of workers count from 1. */
export const CORE: Holder = 0;

/** Blocks begin at multiples of it, so that no two share a cache line. */
export const BLOCK_ALIGNMENT = 64;

export class BlockTable {
  readonly #blocks = new Map<number, Held>();
  #lastGeneration = 0;

  get isEmpty(): boolean {
    return this.#blocks.size === 0;
  }

  /**
   * Takes up a block that the arena's worker has written; the core holds it once.
   * @throws {InternalError} PROTOCOL_BLOCK where it is not inside the first `usableBytes`, overlaps a block that is
   * held, or has a generation that was there before
   */
  admit(block: Block, usableBytes: number): void {
    const { offset, length, generation } = block;
    if (offset % BLOCK_ALIGNMENT !== 0 || length < 1 || offset + length > usableBytes) {
      throw wrong(`a block at ${offset} of ${length} bytes in an arena of ${usableBytes}`);
    }
    if (generation <= this.#lastGeneration) {
      throw wrong(`a block of generation ${generation} after generation ${this.#lastGeneration}`);
    }
    for (const { block: other } of this.#blocks.values()) {
      if (offset < other.offset + other.length && other.offset < offset + length) {
        throw wrong(`block ${generation} over block ${other.generation}, which is still held`);
      }
    }
    this.#lastGeneration = generation;
    this.#blocks.set(generation, { block, holders: new Map([[CORE, 1]]) });
  }

  /** One hold more. */
  hold(generation: number, holder: Holder): void {
    const { holders } = this.#held(generation);
    holders.set(holder, (holders.get(holder) ?? 0) + 1);
  }

  /**
   * One hold less; returns the block if nobody holds it any more.
   * @throws {InternalError} PROTOCOL_BLOCK where the holder has none
   */
  release(generation: number, holder: Holder): Block | null {
    const held = this.#held(generation);
    const holds = held.holders.get(holder);
    if (holds === undefined) throw wrong(`a release of block ${generation}, which it does not hold`);
    if (holds > 1) held.holders.set(holder, holds - 1);
    else held.holders.delete(holder);
    return this.#dropIfFree(generation, held);
  }

  /** Ends all holds of a worker that has ended; returns the blocks that nobody holds any more. */
  releaseAll(holder: Holder): Block[] {
    const freed: Block[] = [];
    for (const [generation, held] of this.#blocks) {
      const block = held.holders.delete(holder) ? this.#dropIfFree(generation, held) : null;
      if (block !== null) freed.push(block);
    }
    return freed;
  }

  #held(generation: number): Held {
    const held = this.#blocks.get(generation);
    if (held === undefined) throw wrong(`a release of block ${generation}, which nobody holds`);
    return held;
  }

  #dropIfFree(generation: number, { block, holders }: Held): Block | null {
    if (holders.size > 0) return null;
    this.#blocks.delete(generation);
    return block;
  }
}

interface Held {
  readonly block: Block;
  /** Holds by holder; never 0. */
  readonly holders: Map<Holder, number>;
}

function wrong(what: string): InternalError {
  return new InternalError('PROTOCOL_BLOCK', `A worker sent ${what}.`, {
    hint: 'Make sure that the worker runs the same version of millstream; otherwise please report this.',
  });
}
