/** How far time is in each split of a source, and which splits it waits for. */

/** What a checkpoint has of it: how far its rows have moved time in each split. */
export type SplitTimesState = readonly number[];

/** The least time over all splits that are neither idle nor at their end; a split without rows yet is at the beginning of time. */
export class SplitTimes {
  /** By split, as all of these. */
  readonly #times: number[];
  /** When it had its last row. */
  readonly #rowsAt: number[];
  /** Time waits for it. */
  readonly #isWaitedFor: boolean[];
  readonly #ended = new Set<number>();
  #waitedFor: number;
  #least: number;

  constructor(
    private readonly idleTimeoutMs: number,
    state: SplitTimesState,
  ) {
    this.#times = state.length > 0 ? [...state] : [Number.NEGATIVE_INFINITY];
    this.#rowsAt = this.#times.map(() => 0);
    this.#isWaitedFor = this.#times.map(() => true);
    this.#waitedFor = this.#times.length;
    this.#least = Math.min(...this.#times);
  }

  /** How far time is. */
  get timeMs(): number {
    return this.#least;
  }

  /** No split has rows. */
  get isIdle(): boolean {
    return this.#waitedFor === 0;
  }

  /** Time begins to count how long splits are without rows. */
  start(nowMs: number): void {
    this.#rowsAt.fill(nowMs);
  }

  /** A row of one of `count` splits; `timeMs` null: it says nothing of time. */
  note(split: number, count: number, timeMs: number | null, nowMs: number): void {
    const hasMore = this.#grow(count, nowMs);
    this.#rowsAt[split] = nowMs;
    const wasIdle = !this.#isWaitedFor[split]! && !this.#ended.has(split);
    if (wasIdle) this.#wait(split, true);
    const before = this.#times[split]!;
    const moves = timeMs !== null && timeMs > before;
    if (moves) this.#times[split] = timeMs;
    if (wasIdle || hasMore || (moves && before <= this.#least)) this.#least = this.#leastOf();
  }

  /** No rows come any more of those of `count` splits. */
  end(splits: readonly number[], count: number, nowMs: number): void {
    this.#grow(count, nowMs);
    for (const split of splits) {
      this.#ended.add(split);
      this.#wait(split, false);
    }
    this.#least = Math.max(this.#least, this.#leastOf());
  }

  /** Splits that have had no rows for the time-out are idle from now on; true where there are more of them than before. */
  look(nowMs: number): boolean {
    const before = this.#waitedFor;
    for (const [split, at] of this.#rowsAt.entries())
      if (nowMs - at >= this.idleTimeoutMs) this.#wait(split, false);
    this.#least = this.#leastOf();
    return this.#waitedFor < before;
  }

  /** When `look` may find something; `Infinity`: all are idle. */
  get lookAtMs(): number {
    const open = this.#rowsAt.filter((_, split) => this.#isWaitedFor[split]);
    return Math.min(...open.map((at) => at + this.idleTimeoutMs));
  }

  save(): SplitTimesState {
    return [...this.#times];
  }

  #wait(split: number, isWaitedFor: boolean): void {
    if (this.#isWaitedFor[split] === isWaitedFor) return;
    this.#isWaitedFor[split] = isWaitedFor;
    this.#waitedFor += isWaitedFor ? 1 : -1;
  }

  #grow(count: number, nowMs: number): boolean {
    const hasMore = this.#times.length < count;
    while (this.#times.length < count) {
      this.#times.push(Number.NEGATIVE_INFINITY);
      this.#rowsAt.push(nowMs);
      this.#isWaitedFor.push(true);
      this.#waitedFor += 1;
    }
    return hasMore;
  }

  #leastOf(): number {
    if (this.isIdle) return this.#least;
    let least = Number.POSITIVE_INFINITY;
    for (let split = 0; split < this.#times.length; split++) {
      if (this.#isWaitedFor[split] && this.#times[split]! < least) least = this.#times[split]!;
    }
    return least;
  }
}
