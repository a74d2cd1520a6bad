/** A worker that waits to take the place of one that dies: started, and its functions imported. */

/** How spares come and go. */
export interface SpareOptions<T> {
  /** Starts one with memory of its own; throws where that is taken. */
  readonly start: () => Promise<T>;
  /** Resolves when it has ended, however. */
  readonly ended: (spare: T) => Promise<unknown>;
  readonly kill: (spare: T) => Promise<void>;
}

interface Spare<T> {
  readonly ready: Promise<T | null>;
  /** Kills it, also while it starts. */
  readonly drop: () => Promise<void>;
}

/** At most one spare at a time. */
export class SpareWorker<T> {
  #spare: Spare<T> | null = null;
  #ending: Promise<void> = Promise.resolve();

  constructor(private readonly options: SpareOptions<T>) {}

  /** Starts one unless there is one; `warm` makes it ready. Where either fails there is none. */
  prepare(warm: (spare: T) => Promise<unknown>): void {
    if (this.#spare !== null) return;
    const { start, ended, kill } = this.options;
    let isDropped = false;
    const started = start().catch(() => null);
    const drop = async () => {
      isDropped = true;
      const spare = await started;
      if (spare !== null) await kill(spare);
    };
    const ready = started.then(async (spare) => {
      if (spare === null || isDropped) return null;
      void ended(spare).then(() => this.#forget(mine));
      return warm(spare).then(
        () => spare,
        () => drop().then(() => null),
      );
    });
    const mine = { ready, drop };
    this.#spare = mine;
    void ready.then((spare) => {
      if (spare === null) this.#forget(mine);
    });
  }

  /** The spare, as soon as it is ready: nobody's spare from now on. Null where there is none. */
  async take(): Promise<T | null> {
    const spare = this.#spare;
    this.#spare = null;
    return spare === null ? null : spare.ready;
  }

  /** Kills it where there is one; resolves when none is left, also of an earlier call. */
  async end(): Promise<void> {
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null) this.#ending = Promise.all([this.#ending, spare.drop()]).then(() => undefined);
    await this.#ending;
  }

  #forget(spare: Spare<T>): void {
    if (this.#spare === spare) this.#spare = null;
  }
}
