/**
 * The bundles that one worker holds, over all of its stages. It processes them in the order they were sent, so the
 * oldest is the one it is at: that one is watched for progress and for its time limit.
 */
import type { Timers } from '../core/index.js';
import type { RunningWork } from './verdict.js';

/** A bundle in a worker. */
export interface Flight {
  readonly work: RunningWork;
  /** The stage's name on the wire. */
  readonly wireName: string;
  /** Time the worker may take for it; null: any. */
  readonly timeoutMs: number | null;
}

/** What a watch needs. */
export interface ProgressWatchOptions {
  readonly timers: Timers;
  /** A bundle without progress is reported after this long, once. */
  readonly stuckMs: number;
  readonly onStuck: (flight: Flight) => void;
  readonly onTimeout: (flight: Flight, timeoutMs: number) => void;
}

export class ProgressWatch {
  readonly #options: ProgressWatchOptions;
  /** Oldest first. */
  readonly #flights = new Set<Flight>();
  #cancelStuck: () => void = () => undefined;
  #cancelTimeout: () => void = () => undefined;
  #rows = 0;

  constructor(options: ProgressWatchOptions) {
    this.#options = options;
  }

  /** What the worker is at; null when it is idle. */
  get head(): Flight | null {
    for (const flight of this.#flights) {
      return flight;
    }
    return null;
  }

  add(flight: Flight): void {
    this.#flights.add(flight);
    if (this.#flights.size === 1) {
      this.#watchHead();
    }
  }

  remove(flight: Flight): void {
    const wasHead = this.head === flight;
    this.#flights.delete(flight);
    if (wasHead) {
      this.#watchHead();
    }
  }

  /** The worker has finished this many rows of its current bundle. */
  progressed(rows: number): void {
    if (rows !== this.#rows) {
      this.#rows = rows;
      this.#watchProgress();
    }
  }

  #watchHead(): void {
    this.#rows = 0;
    this.#watchProgress();
    this.#cancelTimeout();
    const { head } = this;
    const timeoutMs = head?.timeoutMs ?? null;
    if (head !== null && timeoutMs !== null) {
      this.#cancelTimeout = this.#options.timers.after(timeoutMs, () =>
        this.#options.onTimeout(head, timeoutMs),
      );
    }
  }

  #watchProgress(): void {
    this.#cancelStuck();
    const { head } = this;
    if (head !== null) {
      this.#cancelStuck = this.#options.timers.after(this.#options.stuckMs, () =>
        this.#options.onStuck(head),
      );
    }
  }
}
