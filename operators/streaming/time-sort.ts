/** ORDER BY event time: rows leave when the watermark has passed them. One from before the last that left is late, as in Flink. */
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

export class TimeSort implements RowFunction {
  readonly #waiting: TimeQueue<Row>;
  readonly #compare: (a: Row, b: Row) => number;
  /** The time of the last row that left. */
  readonly #last: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'sort' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#waiting = state.queue('waiting', plain<Row>());
    this.#last = state.value('last', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#compare = rowComparator(spec.order);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#last.value) out.late();
    else this.#waiting.add(time, row);
  }

  advance(watermarkMs: number, out: Collector): void {
    const ready: Row[] = [];
    for (const due of this.#waiting.due(watermarkMs)) {
      ready.push(due.item);
      this.#last.value = due.time;
    }
    for (const row of ready.sort(this.#compare)) out.emit(INSERT, [row], []);
  }
}
