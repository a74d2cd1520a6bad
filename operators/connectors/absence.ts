/** A server that does not answer: the user is told at once, each minute, and when it answers again. */
import type { Clock } from '../../core/index.js';

const TELL_AGAIN_MS = 60_000;

export class Absence {
  #sinceMs: number | null = null;
  #toldMs = 0;

  /**
   * @param who begins each note: `table orders: Kafka`
   * @param onNote is given a note without a full stop
   */
  constructor(
    private readonly who: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly onNote: (text: string) => void,
  ) {}

  /** A server that was asked now has not answered yet. */
  get isAway(): boolean {
    return this.#sinceMs !== null;
  }

  /** It was asked without an answer. @param reason the words of the error */
  failed(reason: string): void {
    const now = this.clock.nowMs();
    if (this.#sinceMs === null) {
      this.onNote(`${this.who} does not answer, it is tried again (${reason})`);
      this.#sinceMs = now;
      this.#toldMs = now;
    } else if (now - this.#toldMs >= TELL_AGAIN_MS) {
      const minutes = Math.floor((now - this.#sinceMs) / 60_000);
      this.onNote(`${this.who} has not answered for ${minutes} min, it is tried again (${reason})`);
      this.#toldMs = now;
    }
  }

  /** It has answered. */
  answered(): void {
    if (this.#sinceMs === null) return;
    this.onNote(
      `${this.who} answers again, after ${Math.ceil((this.clock.nowMs() - this.#sinceMs) / 1000)} s`,
    );
    this.#sinceMs = null;
  }
}
