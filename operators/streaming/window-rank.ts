/** Top-N inside windows of time: final when the watermark passes the window. */
import { rowComparator, type StreamOperator } from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { placeFor } from './rank.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { TimeQueue } from './time-queue.js';
import { rowKey } from './value-key.js';

export class WindowRank implements RowFunction {
  readonly #partitions = new Map<string, Row[]>();
  readonly #ending = new TimeQueue<string>();
  readonly #compare: (a: Row, b: Row) => number;
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'rank' }>,
    private readonly windowTime: number,
  ) {
    this.#compare = rowComparator(spec.order);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.windowTime] as bigint);
    if (time <= this.#watermark) {
      out.late();
      return;
    }
    const key = rowKey(row, this.spec.keys);
    let rows = this.#partitions.get(key);
    if (rows === undefined) {
      rows = [];
      this.#partitions.set(key, rows);
      this.#ending.add(time, key);
    }
    rows.splice(placeFor(rows, row, this.#compare), 0, row);
    if (rows.length > this.spec.to) rows.pop();
  }

  advance(watermarkMs: number, out: Collector): void {
    const { from } = this.spec;
    for (const due of this.#ending.due(watermarkMs)) {
      const rows = this.#partitions.get(due.item)!;
      this.#partitions.delete(due.item);
      rows.slice(from - 1).forEach((row, i) => {
        out.emit(INSERT, [row], [BigInt(from + i)]);
      });
    }
    this.#watermark = watermarkMs;
  }
}
