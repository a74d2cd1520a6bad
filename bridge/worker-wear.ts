/** When a worker has been used enough: libraries that leak are lived with by replacing their process. */
import { formatMemory } from '../core/index.js';

/** What a worker may reach before a fresh one takes its place; null: anything. */
export interface RecycleLimits {
  readonly rows: number | null;
  readonly ageMs: number | null;
  /** Resident memory between two bundles. */
  readonly residentBytes: number | null;
}

export const NO_RECYCLING: RecycleLimits = { rows: null, ageMs: null, residentBytes: null };

export class WorkerWear {
  readonly #limits: RecycleLimits;
  readonly #bornMs: number;
  #rows = 0;
  #residentBytes = 0;

  constructor(limits: RecycleLimits, bornMs: number) {
    this.#limits = limits;
    this.#bornMs = bornMs;
  }

  /** It answered these many rows more. */
  addRows(rows: number): void {
    this.#rows += rows;
  }

  /** What it said last. */
  setResident(bytes: number): void {
    this.#residentBytes = bytes;
  }

  /** Which limit was reached, as the end of a sentence; null: none. */
  reached(nowMs: number): string | null {
    const { rows, ageMs, residentBytes } = this.#limits;
    if (rows !== null && this.#rows >= rows) return `after ${this.#rows} rows`;
    if (ageMs !== null && nowMs - this.#bornMs >= ageMs) {
      return `at the age of ${Math.round((nowMs - this.#bornMs) / 1_000)} s`;
    }
    if (residentBytes !== null && this.#residentBytes >= residentBytes) {
      return `with ${formatMemory(this.#residentBytes)} of resident memory`;
    }
    return null;
  }
}
