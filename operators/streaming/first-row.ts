/** Deduplication: the first row of each key in event time. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type StateBackend,
  type StateCodec,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

interface First {
  readonly time: number;
  readonly row: Row;
}

/** Final when the watermark has passed it; a row behind the watermark is late. */
export class FirstRow implements RowFunction {
  /** The first so far of each key; null: it has gone out. */
  readonly #first: KeyedState<First | null>;
  readonly #waiting: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'first_row' | 'last_row' }>,
    state: StateBackend = new HeapState(),
  ) {
    const codec: StateCodec<First | null> = {
      save: (first) => first && [first.time, first.row],
      load: (saved) => {
        if (saved === null) return null;
        const [time, row] = saved as [number, Row];
        return { time, row };
      },
    };
    this.#first = state.keyed('first', codec, { expires: true });
    this.#waiting = state.queue('waiting', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#watermark.value) {
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
    this.#watermark.value = watermarkMs;
  }
}
