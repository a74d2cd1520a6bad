import type { Clock, Timers } from '../../core/index.js';

/** A clock that stands still until it is told to go on, and its timers. Nothing real is waited for. */
export class ManualClock implements Clock, Timers {
  private timeMs = 0;
  private order = 0;
  private readonly pending = new Set<Timer>();

  nowMs(): number {
    return this.timeMs;
  }

  monotonicNs(): bigint {
    return BigInt(Math.round(this.timeMs * 1e6));
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.timeMs + delayMs, order: this.order++, callback };
    this.pending.add(timer);
    return () => this.pending.delete(timer);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  get pendingTimers(): number {
    return this.pending.size;
  }

  /** Goes on to the next timer and fires it; false where there is none. */
  fireNext(): boolean {
    const [next] = [...this.pending].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    if (next === undefined) return false;
    this.pending.delete(next);
    this.timeMs = Math.max(this.timeMs, next.dueMs);
    next.callback();
    return true;
  }

  /**
   * Runs until `work` settles: lets all promises settle, then fires the next timer, and so on.
   * @throws when nothing is left that could settle it (a deadlock), or after `limitMs` of virtual time
   */
  async runUntil<T>(work: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    work.then(note, note);
    for (;;) {
      await promisesSettle();
      if (settled) return work;
      if (!this.fireNext()) throw new Error('deadlock: nothing is left to happen');
      if (this.timeMs > limitMs) throw new Error(`nothing settled within ${limitMs} ms of virtual time`);
    }
  }
}

/** Resolves when every promise that can settle without a timer or I/O has. */
export function promisesSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}
