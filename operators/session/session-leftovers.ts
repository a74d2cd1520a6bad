/** A session's notes of what it would leave, and its care for what dead sessions have left. */
import type { LeftoverNotes } from '../../bridge/index.js';
import { MillstreamError } from '../../core/index.js';
import { runtimeFolder } from '../ledger/runtime-folder.js';
import { describeLeftovers } from '../leftovers/describe.js';
import { Estate } from '../leftovers/estate.js';
import { sweepLeftovers } from '../leftovers/sweep.js';

export interface SessionLeftoversOptions {
  /** What others call the session. */
  readonly name: string;
  readonly onNote: (text: string) => void;
}

export class SessionLeftovers {
  #opening: Promise<Estate | null> | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: SessionLeftoversOptions) {}

  /** The notes, open until `close`; undefined where there is no folder for them. Its first call begins the sweep. */
  async open(): Promise<LeftoverNotes | undefined> {
    this.#opening ??= this.#open();
    return (await this.#opening) ?? undefined;
  }

  /** Everything of the session is gone. */
  async close(): Promise<void> {
    await this.#sweeping;
    (await this.#opening)?.close();
  }

  async #open(): Promise<Estate | null> {
    const folder = runtimeFolder();
    try {
      const estate = await Estate.open(folder, this.options.name);
      this.#sweeping = this.#sweep(folder);
      return estate;
    } catch (error) {
      // That others cannot see this session is said where it claims its memory.
      if (error instanceof MillstreamError || isSystemError(error)) return null;
      throw error;
    }
  }

  /** A start is not held up, nor failed, by what others have left. */
  async #sweep(folder: string): Promise<void> {
    try {
      const { removed } = await sweepLeftovers(folder);
      if (removed.length > 0) this.options.onNote(`removed ${describeLeftovers(removed)}`);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
