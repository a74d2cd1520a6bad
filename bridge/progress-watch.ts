/**
 * The bundles that one worker holds, over all of its stages. It processes them in the order they were sent, so the
 * oldest is the one it is at: that one is watched for progress and for its time limit.
 */
import type { Timers } from '../core/index.js';
import type { RunningWork } from './evidence.js';

/** A bundle in a worker. */
export interface Flight {
  readonly work: RunningWork;
  /** The stage's name on the wire. */
  readonly wireName: string;
  /** Time that a call of a function may take; null: any. Of no function: while it is not known which one runs. */
  readonly timeoutMs: (name: string | null) => number | null;
}

/** What a watch needs. */
export interface ProgressWatchOptions {
  readonly timers: Timers;
  /** A bundle without progress is reported after this long, once. */
  readonly stuckMs: number;
  /** Time between heartbeats, by which progress is known. */
  readonly heartbeatMs: number;
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
  #function: string | null = null;

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

  /** The worker has finished this many rows of its current bundle, with the function that runs now. */
  progressed(rows: number, name: string | null): void {
    if (rows !== this.#rows || name !== this.#function) {
      this.#rows = rows;
      this.#function = name;
      this.#watchProgress();
    }
  }

  #watchHead(): void {
    this.#rows = 0;
    this.#function = null;
    this.#watchProgress();
  }

  #watchProgress(): void {
    this.#cancelStuck();
    this.#cancelTimeout();
    const { head } = this;
    const timeoutMs = head?.timeoutMs(this.#function) ?? null;
    if (head !== null && timeoutMs !== null) {
      // Progress made just after a heartbeat is known only with the next one.
      this.#cancelTimeout = this.#options.timers.after(timeoutMs + this.#options.heartbeatMs, () =>
        this.#options.onTimeout(head, timeoutMs),
      );
    }
    if (head !== null) {
      this.#cancelStuck = this.#options.timers.after(this.#options.stuckMs, () =>
        this.#options.onStuck(head),
      );
    }
  }
}
