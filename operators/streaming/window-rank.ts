/** Top-N inside windows of time: final when the watermark passes the window. */
import { HeapState, plain, rowComparator, type StateBackend, type StreamOperator } from '../../core/index.js';
import { enter } from './rank.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { WindowGroups } from './window-groups.js';

export class WindowRank implements RowFunction {
  readonly #partitions: WindowGroups<Row[]>;
  readonly #compare: (a: Row, b: Row) => number;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'rank' }>,
    windowTime: number,
    state: StateBackend = new HeapState(),
  ) {
    const { keys, order } = spec;
    const rows = { name: 'partitions', codec: plain<Row[]>(), keys, windowTime, start: () => [] };
    this.#partitions = new WindowGroups(rows, state);
    this.#compare = rowComparator(order);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const rows = this.#partitions.of(row);
    if (rows === null) {
      out.late();
      return;
    }
    enter(rows, row, this.spec, this.#compare);
    if (rows.length > this.spec.to) rows.pop();
  }

  advance(watermarkMs: number, out: Collector): void {
    const { from } = this.spec;
    this.#partitions.advance(watermarkMs, (rows) => {
      rows.slice(from - 1).forEach((row, i) => {
        out.emit(INSERT, [row], [BigInt(from + i)]);
      });
    });
  }
}
