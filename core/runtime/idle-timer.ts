import type { Timers } from '../ports/ports.js';

/** How long something may be idle, and by which timers that is measured. */
export interface IdleTimeout {
  readonly timers: Timers;
  readonly afterMs: number;
}

/** Calls `onIdle` once nothing has happened for the time-out since the last `start`. */
export class IdleTimer {
  #cancel: () => void = () => {};

  constructor(
    private readonly timeout: IdleTimeout,
    private readonly onIdle: () => void,
  ) {}

  /** It is idle from now on. */
  start(): void {
    this.stop();
    this.#cancel = this.timeout.timers.after(this.timeout.afterMs, this.onIdle);
  }

  /** It is in use, or gone. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }
}
