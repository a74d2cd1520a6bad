/** Deduplication: the first row of each key in event time. */
import type { StreamOperator } from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { TimeQueue } from './time-queue.js';
import { rowKey } from './value-key.js';

/** Final when the watermark has passed it; a row behind the watermark is late. */
export class FirstRow implements RowFunction {
  /** The first so far of each key; null: it has gone out. */
  readonly #first = new Map<string, { readonly time: number; readonly row: Row } | null>();
  readonly #waiting = new TimeQueue<string>();
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(private readonly spec: Extract<StreamOperator<number>, { kind: 'first_row' | 'last_row' }>) {}

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#watermark) {
      out.late();
      return;
    }
    const key = rowKey(row, this.spec.keys);
    const known = this.#first.get(key);
    if (known === null || (known !== undefined && known.time <= time)) return;
    this.#first.set(key, { time, row });
    this.#waiting.add(time, key);
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const due of this.#waiting.due(watermarkMs)) {
      const first = this.#first.get(due.item);
      if (first == null || first.time !== due.time) continue;
      out.emit(INSERT, [first.row], [1n]);
      this.#first.set(due.item, null);
    }
    this.#watermark = watermarkMs;
  }
}
