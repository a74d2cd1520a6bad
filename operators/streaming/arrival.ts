/** Time by the clock of the machine: rows are of the moment at which they come, and time goes on without them. */
import { HeapState, type OperatorValue, plain, type StateBackend } from '../../core/index.js';
import type { Change, Collector, Row, RowFunction } from './row-function.js';

/** How often time is said where no rows come, in milliseconds: windows that end at a multiple of it end then. */
const TICK_MS = 100;

/** A clock that is set back stands still, also over a restart. */
export class Arrival implements RowFunction {
  readonly #now: OperatorValue<number>;
  #isOver = false;

  constructor(state: StateBackend = new HeapState()) {
    this.#now = state.value('now', plain<number>(), 0);
  }

  /** Rows may still come in the millisecond that it is. */
  get timeMs(): number {
    return this.#now.value - 1;
  }

  beginBatch(nowMs: number): void {
    this.#goTo(nowMs);
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    out.emit(change, [row], [BigInt(this.#now.value) * 1000n], this.timeMs);
  }

  /** The end of the input is the end of time. */
  advance(): void {
    this.#isOver = true;
  }

  wakeAt(): number {
    if (this.#isOver) return Number.POSITIVE_INFINITY;
    return (Math.floor(this.#now.value / TICK_MS) + 1) * TICK_MS;
  }

  wake(nowMs: number): void {
    this.#goTo(nowMs);
  }

  #goTo(nowMs: number): void {
    this.#now.value = Math.max(this.#now.value, nowMs);
  }
}
