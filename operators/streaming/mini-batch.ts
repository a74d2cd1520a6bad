/** Rows that an operator collects before it says what they changed: `table.exec.mini-batch`. */

export interface MiniBatchLimits {
  /** So many rows are enough. */
  readonly rows: number;
  /** So long the first of them waits at most. */
  readonly latencyMs: number;
}

/** How much has been collected, and since when. Without limits nothing waits. */
export class MiniBatch {
  #rows = 0;
  #sinceMs = Number.POSITIVE_INFINITY;

  constructor(private readonly limits: MiniBatchLimits | null = null) {}

  add(rows: number, nowMs: number): void {
    this.#rows += rows;
    this.#sinceMs = Math.min(this.#sinceMs, nowMs);
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** When what was collected is due by the clock, in milliseconds; `Infinity`: nothing was. */
  get dueAtMs(): number {
    return this.limits === null ? Number.POSITIVE_INFINITY : this.#sinceMs + this.limits.latencyMs;
  }

  /** True where something waits for more rows, or for later. */
  isWaiting(nowMs: number): boolean {
    const { limits } = this;
    return limits !== null && this.#rows > 0 && this.#rows < limits.rows && nowMs < this.dueAtMs;
  }

  clear(): void {
    this.#rows = 0;
    this.#sinceMs = Number.POSITIVE_INFINITY;
  }
}
