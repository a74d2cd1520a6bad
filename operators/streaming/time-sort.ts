/** ORDER BY a time: rows leave when it has passed them. */
import {
  HeapState,
  type OperatorValue,
  plain,
  rowComparator,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';

/**
 * By event time rows leave when the watermark has passed them; one from before the last that left is late, as in Flink. By processing time
 * those that came in one millisecond are put in order when it is over, at a watermark, or at the end of the input.
 */
export class TimeSort implements RowFunction {
  readonly #waiting: TimeQueue<Row>;
  readonly #compare: (a: Row, b: Row) => number;
  /** The time of the last row that left, by processing time the clock. */
  readonly #last: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'sort' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#waiting = state.queue('waiting', plain<Row>());
    this.#last = state.value('last', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#compare = rowComparator(spec.order);
  }

  beginBatch(nowMs: number, out: Collector): void {
    if (this.spec.time === null) this.wake(nowMs, out);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    if (this.spec.time === null) {
      this.#waiting.add(this.#last.value, row);
      return;
    }
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#last.value) out.late();
    else this.#waiting.add(time, row);
  }

  advance(watermarkMs: number, out: Collector): void {
    if (this.spec.time === null) {
      // Who reads the time behind this must not find rows from before it late.
      this.#passed(Number.POSITIVE_INFINITY, out);
      return;
    }
    const last = this.#passed(watermarkMs, out);
    if (last !== null) this.#last.value = last;
  }

  wakeAt(): number {
    return this.spec.time === null ? this.#waiting.first + 1 : Number.POSITIVE_INFINITY;
  }

  wake(nowMs: number, out: Collector): void {
    this.#last.value = Math.max(this.#last.value, nowMs);
    this.#passed(this.#last.value - 1, out);
  }

  /** The time of the last row that left; null: none did. */
  #passed(untilMs: number, out: Collector): number | null {
    const ready: Row[] = [];
    let last: number | null = null;
    for (const due of this.#waiting.due(untilMs)) {
      ready.push(due.item);
      last = due.time;
    }
    for (const row of ready.sort(this.#compare)) out.emit(INSERT, [row], []);
    return last;
  }
}
