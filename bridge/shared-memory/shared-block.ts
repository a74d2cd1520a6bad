import { InternalError, type SharedMessage } from '../../core/index.js';
import type { Block } from '../protocol/messages.js';
import type { Arena } from './arena.js';
import { CORE, type Holder } from './block-table.js';

/** A message in an arena, as the core passes it on; made with one hold for whoever receives it. */
export class SharedBlock implements SharedMessage {
  #holds = 1;

  constructor(
    readonly arena: Arena,
    readonly block: Block,
  ) {
    dropped.register(this, { arena, generation: block.generation }, this);
  }

  get byteLength(): number {
    return this.block.length;
  }

  read(): Uint8Array {
    this.#check();
    return this.arena.read(this.block);
  }

  hold(): void {
    this.#check();
    this.#holds += 1;
  }

  release(): void {
    this.#check();
    this.#holds -= 1;
    if (this.#holds > 0) return;
    dropped.unregister(this);
    this.arena.release(this.block.generation, CORE);
  }

  /** A worker is to hold it too, beside whoever holds it in the core now. */
  holdFor(worker: Holder): void {
    this.#check();
    this.arena.hold(this.block.generation, worker);
  }

  #check(): void {
    if (this.#holds > 0) return;
    throw new InternalError(
      'SHARED_RELEASED',
      `A batch was used after it had been released (block ${this.block.generation} of arena ${this.arena.id}).`,
      { hint: 'An operator that keeps a batch must hold it; please report this with the job that shows it.' },
    );
  }
}

/** What a failed or abandoned job has dropped without a release. */
const dropped = new FinalizationRegistry<{ readonly arena: Arena; readonly generation: number }>(
  ({ arena, generation }) => arena.release(generation, CORE),
);
