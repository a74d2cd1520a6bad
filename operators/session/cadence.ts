import type { Timers } from '../../core/index.js';

/** Does something again and again, an interval after its last end; at once when it is hastened; not while it is paused. */
export class Cadence {
  #doing: Promise<void> = Promise.resolve();
  #cancelNext = () => {};
  #isDoing = false;
  #isHastened = false;
  #isPaused = false;
  #isOver = false;

  /** @param work does not throw */
  constructor(
    private readonly timers: Timers,
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
  ) {
    this.#plan();
  }

  /** Resolves when it is not being done. */
  get settled(): Promise<void> {
    return this.#doing;
  }

  /** Once, at once, or when what is being done has ended. */
  hasten(): void {
    if (this.#isPaused || this.#isDoing) this.#isHastened = true;
    else {
      this.#cancelNext();
      this.#do();
    }
  }

  /** Resolves when it is not being done, and will not be before `goOn`. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#cancelNext();
    await this.#doing;
  }

  /** As `pause`, for good. */
  end(): Promise<void> {
    this.#isOver = true;
    return this.pause();
  }

  goOn(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    this.#plan();
  }

  #plan(): void {
    if (this.#isPaused) return;
    if (this.#isHastened) {
      this.#isHastened = false;
      this.#do();
    } else this.#cancelNext = this.timers.after(this.intervalMs, () => this.#do());
  }

  #do(): void {
    this.#isDoing = true;
    this.#doing = this.work().finally(() => {
      this.#isDoing = false;
      this.#plan();
    });
  }
}
