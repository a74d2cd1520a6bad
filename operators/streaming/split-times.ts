/** How far time is in each split of a source, and which splits it waits for. */

/** What a checkpoint has of it: how far its rows have moved time in each split. */
export type SplitTimesState = readonly number[];

/** The least time over all splits that are neither idle nor at their end; a split without rows yet is at the beginning of time. */
export class SplitTimes {
  readonly #times = new Map<number, number>();
  /** When each split had its last row. */
  readonly #rowsAt = new Map<number, number>();
  #count = 1;
  readonly #idle = new Set<number>();
  readonly #ended = new Set<number>();
  #least = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly idleTimeoutMs: number,
    state: SplitTimesState,
  ) {
    for (const [split, time] of state.entries()) this.#times.set(split, time);
    this.#count = Math.max(1, this.#times.size);
    this.#least = this.#leastOf();
  }

  /** How far time is. */
  get timeMs(): number {
    return this.#least;
  }

  /** No split has rows. */
  get isIdle(): boolean {
    return this.#idle.size + this.#ended.size >= this.#count;
  }

  /** Time begins to count how long splits are without rows. */
  start(nowMs: number): void {
    for (let split = 0; split < this.#count; split++) this.#rowsAt.set(split, nowMs);
  }

  /** A row of one of `count` splits; `timeMs` null: it says nothing of time. */
  note(split: number, count: number, timeMs: number | null, nowMs: number): void {
    const hasMore = this.#count < count;
    this.#grow(count, nowMs);
    this.#rowsAt.set(split, nowMs);
    const wasIdle = this.#idle.delete(split);
    const before = this.#timeOf(split);
    const moves = timeMs !== null && timeMs > before;
    if (moves) this.#times.set(split, timeMs);
    if (wasIdle || hasMore || (moves && before <= this.#least)) this.#least = this.#leastOf();
  }

  /** No rows come any more of those of `count` splits. */
  end(splits: readonly number[], count: number, nowMs: number): void {
    this.#grow(count, nowMs);
    for (const split of splits) {
      this.#ended.add(split);
      this.#idle.delete(split);
      this.#rowsAt.delete(split);
    }
    this.#least = Math.max(this.#least, this.#leastOf());
  }

  /** Splits that have had no rows for the time-out are idle from now on; true where there are more of them than before. */
  look(nowMs: number): boolean {
    const before = this.#idle.size;
    for (const [split, at] of this.#rowsAt) if (nowMs - at >= this.idleTimeoutMs) this.#idle.add(split);
    this.#least = this.#leastOf();
    return this.#idle.size > before;
  }

  /** When `look` may find something; `Infinity`: all are idle. */
  get lookAtMs(): number {
    const open = [...this.#rowsAt].filter(([split]) => !this.#idle.has(split));
    return Math.min(...open.map(([, at]) => at + this.idleTimeoutMs));
  }

  save(): SplitTimesState {
    return Array.from({ length: this.#count }, (_, split) => this.#timeOf(split));
  }

  #leastOf(): number {
    if (this.isIdle) return this.#least;
    let least = Number.POSITIVE_INFINITY;
    for (let split = 0; split < this.#count; split++) {
      if (!this.#idle.has(split) && !this.#ended.has(split)) least = Math.min(least, this.#timeOf(split));
    }
    return least;
  }

  #grow(count: number, nowMs: number): void {
    for (; this.#count < count; this.#count++) this.#rowsAt.set(this.#count, nowMs);
  }

  #timeOf(split: number): number {
    return this.#times.get(split) ?? Number.NEGATIVE_INFINITY;
  }
}
