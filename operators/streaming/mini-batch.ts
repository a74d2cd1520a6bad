/** Rows that an operator collects before it says what they changed: `table.exec.mini-batch`. */

export interface MiniBatchLimits {
  /** So many rows are enough. */
  readonly rows: number;
  /** So often sources begin another one. */
  readonly latencyMs: number;
}

/** How much has been collected since the mini-batch began. Without limits nothing waits. */
export class MiniBatch {
  #rows = 0;

  constructor(private readonly limits: MiniBatchLimits | null = null) {}

  add(rows: number): void {
    this.#rows += rows;
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** True where something waits for more rows, or for the next mini-batch. */
  get isWaiting(): boolean {
    return this.limits !== null && this.#rows > 0 && this.#rows < this.limits.rows;
  }

  clear(): void {
    this.#rows = 0;
  }
}
