/** Notices work without progress, from heartbeats: each bundle is reported once. Kills nothing. */
import type { Progress } from './protocol/messages.js';

export class StuckWatch {
  readonly #limitNs: bigint;
  #current = '';
  #sinceNs = 0n;
  #reported = false;

  constructor(limitMs: number) {
    this.#limitNs = BigInt(Math.round(limitMs * 1e6));
  }

  /** True when what runs has shown no progress for the limit, the first time that is so. */
  observe(running: Progress | null, nowNs: bigint): boolean {
    // A relational stage has no bundle: its query may rightly take long.
    const current = running === null || running.sequence === null ? '' : JSON.stringify(running);
    if (current !== this.#current) {
      this.#current = current;
      this.#sinceNs = nowNs;
      this.#reported = false;
      return false;
    }
    if (current === '' || this.#reported || nowNs - this.#sinceNs < this.#limitNs) {
      return false;
    }
    this.#reported = true;
    return true;
  }
}
