/** ORDER BY event time: rows leave when the watermark has passed them. One from before the last that left is late, as in Flink. */
import { rowComparator, type StreamOperator } from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { TimeQueue } from './time-queue.js';

export class TimeSort implements RowFunction {
  readonly #waiting = new TimeQueue<Row>();
  readonly #compare: (a: Row, b: Row) => number;
  /** The time of the last row that left. */
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly spec: Extract<StreamOperator<number>, { kind: 'sort' }>) {
    this.#compare = rowComparator(spec.order);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#last) out.late();
    else this.#waiting.add(time, row);
  }

  advance(watermarkMs: number, out: Collector): void {
    const ready: Row[] = [];
    for (const due of this.#waiting.due(watermarkMs)) {
      ready.push(due.item);
      this.#last = due.time;
    }
    for (const row of ready.sort(this.#compare)) out.emit(INSERT, [row], []);
  }
}
