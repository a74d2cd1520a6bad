/** Shared memory as one worker has it: the arena that it writes to, and those of others that it maps. */
import { InternalError } from '../../core/index.js';
import type { Block, Release } from '../protocol/messages.js';
import type { Arena } from './arena.js';
import type { SharedBlock } from './shared-block.js';
import type { SendToWorker } from './shared-memory.js';

/** What a worker's part needs of the whole. */
export interface WorkerMemoryOptions {
  /** Epoch of the worker. */
  readonly worker: number;
  readonly send: SendToWorker;
  /** Makes the worker's own arena; null where that cannot be. */
  readonly arena: () => Arena | null;
  readonly arenas: () => Iterable<Arena>;
  readonly find: (id: number) => Arena | null;
  readonly onEnd: () => void;
}

export class WorkerMemory {
  readonly #options: WorkerMemoryOptions;
  /** Arenas that the worker was told to read. */
  readonly #known = new Set<Arena>();
  /** Made when it is first of use. */
  #own: Arena | null = null;
  #hasEnded = false;

  constructor(options: WorkerMemoryOptions) {
    this.#options = options;
  }

  /** A block that the worker has written. @throws {InternalError} PROTOCOL_BLOCK */
  admit(block: Block): SharedBlock {
    if (this.#own === null || block.arena !== this.#own.id) {
      throw new InternalError(
        'PROTOCOL_BLOCK',
        `A worker sent a block in arena ${block.arena}, which is not its own.`,
      );
    }
    return this.#own.admit(block);
  }

  /** The worker sent a large message by itself: it has no arena, or no room in it. */
  onInline(): void {
    if (this.#hasEnded) return;
    this.#own ??= this.#options.arena();
    void this.#own?.makeRoom();
  }

  /** Names a block to the worker, which holds it from now on. */
  ship(shared: SharedBlock): Block {
    const { arena, block } = shared;
    shared.holdFor(this.#options.worker);
    if (!this.#known.has(arena)) {
      this.#known.add(arena);
      const { id, path, fileBytes } = arena;
      this.#options.send({ type: 'arena', arena: id, path, fileBytes, writableBytes: 0 });
    }
    return block;
  }

  /** The worker let go of blocks. @throws {InternalError} PROTOCOL_BLOCK where it did not hold them */
  onRelease({ arena, generations }: Release): void {
    const found = this.#options.find(arena);
    if (found === null) {
      throw new InternalError('PROTOCOL_BLOCK', `A worker released blocks of arena ${arena}, which is gone.`);
    }
    for (const generation of generations) found.release(generation, this.#options.worker);
  }

  onGrown(): void {
    const { id, path, fileBytes, usableBytes } = this.#own!;
    this.#options.send({ type: 'arena', arena: id, path, fileBytes, writableBytes: usableBytes });
  }

  onFreed(generations: readonly number[]): void {
    this.#options.send({ type: 'release', arena: this.#own!.id, generations });
  }

  /** An arena is gone: a worker that still mapped it would keep its memory. */
  forget(arena: Arena): void {
    if (!this.#known.delete(arena)) return;
    this.#options.send({
      type: 'arena',
      arena: arena.id,
      path: null,
      fileBytes: arena.fileBytes,
      writableBytes: 0,
    });
  }

  /** The worker has ended. */
  end(): void {
    this.#hasEnded = true;
    this.#options.onEnd();
    for (const arena of this.#options.arenas()) arena.releaseAll(this.#options.worker);
    this.#own?.retire();
  }
}
