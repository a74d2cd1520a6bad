import { deferred } from '../../core/index.js';

/** Jobs of a session wait for room one behind the other: nobody who came later goes first. */
export class JobLine {
  readonly #waiting: object[] = [];
  #changed = deferred<void>();

  /** Something was given back: whoever is first looks again. */
  change(): void {
    this.#changed.resolve();
    this.#changed = deferred<void>();
  }

  /**
   * Calls `attempt` when everybody before has been served, and again after each change, until it gives a result.
   * @throws what `attempt` throws, or the reason of `signal`
   */
  async enter<T>(attempt: () => Promise<T | null>, signal: AbortSignal): Promise<T> {
    const place = {};
    this.#waiting.push(place);
    const onAbort = () => this.change();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = this.#changed.promise;
        const result = this.#waiting[0] === place ? await attempt() : null;
        if (result !== null) return result;
        await changed;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting.splice(this.#waiting.indexOf(place), 1);
      this.change();
    }
  }
}
