/** Top-N inside windows of time: final when the watermark passes the window. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  rowComparator,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { placeFor } from './rank.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

export class WindowRank implements RowFunction {
  readonly #partitions: KeyedState<Row[]>;
  readonly #ending: TimeQueue<string>;
  readonly #compare: (a: Row, b: Row) => number;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'rank' }>,
    private readonly windowTime: number,
    state: StateBackend = new HeapState(),
  ) {
    this.#partitions = state.keyed('partitions', plain<Row[]>());
    this.#ending = state.queue('ending', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#compare = rowComparator(spec.order);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.windowTime] as bigint);
    if (time <= this.#watermark.value) {
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
    this.#watermark.value = watermarkMs;
  }
}
